from bench.pairs import score_pairs


def test_hand_written_pairs_stay_within_what_the_desk_can_bear():
    scores = {line["metric"]: line["value"] for line in score_pairs()}

    assert scores["pairs.same_found"] >= 0.95
    assert scores["pairs.different_probable"] <= 0.06
    assert scores["pairs.wrong_certain"] <= 0.005
