import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom import limits
from adapters.wecom.markup import cut, join_within, markdown, message_text, one_line, plain
from bot.ports import SentCard
from cards.model import (
    Button,
    Card,
    CardAction,
    Compare,
    CompareRow,
    DateInput,
    Divider,
    Fields,
    Form,
    Item,
    Items,
    Option,
    Row,
    Select,
    Text,
    TextInput,
)
from domain.errors import PlatformError
from tests.adapters.sample_cards import SAMPLES
from tests.adapters.wecom.wecom_rig import NOW, START_URL, Rig, outbound

GOLDEN = Path(__file__).parent / "golden"
RIG = Rig()
BOT = Rig(mode="aibot", bot_id="aib-1", bot_secret="s", token="", aes_key="")


def body(message):
    return json.loads(RIG.adapter.render(message))


def template(card):
    return body(outbound(card))["template_card"]


def sent(message):
    return SentCard(message_id="m-1", card_ref="o-1", recipient=message.recipient, sent_at=NOW, update_token="rc-1")


def action_button(label="同意", name="approve", **args):
    return Button(label, CardAction(name, args))


def golden_faces(card):
    update = outbound(card)
    return {
        "person": body(outbound(card)),
        "group": body(outbound(card, to="chat_east", group=True)),
        "update": body(outbound(card, update=sent(update))),
        "bot": json.loads(BOT.adapter.render(outbound(card, to="aibot:wr1", group=True))),
        "webhook": body(outbound(card, to="webhook:华东", group=True)),
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_cards_are_drawn_as_in_the_golden_files(name):
    drawn = json.dumps(golden_faces(SAMPLES[name]), ensure_ascii=False, indent=2) + "\n"

    assert (GOLDEN / f"{name}.json").read_text(encoding="utf-8") == drawn


def test_there_is_a_golden_file_for_each_sample_and_no_other():
    assert sorted(SAMPLES) == sorted(path.stem for path in GOLDEN.iterdir())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_message_is_always_drawn_with_the_same_bytes(name):
    message = outbound(SAMPLES[name])

    assert RIG.adapter.render(message) == RIG.adapter.render(message)


def test_characters_are_sent_raw():
    assert "公海" in RIG.adapter.render(outbound(SAMPLES["pool"]))


def test_card_without_actions_is_a_notice_that_opens_the_start_page():
    card = template(Card("已保护", elements=(Text("保护至 9月21日。"),)))

    assert ("text_notice", {"type": 1, "url": START_URL}) == (card["card_type"], card["card_action"])
    assert "task_id" not in card


def test_card_with_actions_has_buttons_and_the_reference_as_task_id():
    card = template(Card("审批", buttons=(action_button(), action_button("驳回", "reject"))))

    assert "button_interaction" == card["card_type"]
    assert "o-1" == card["task_id"]
    assert ["同意", "驳回"] == [button["text"] for button in card["button_list"]]


def test_closed_card_keeps_links_only():
    link = Button("查看客户", url="https://crm.example.com/c/7")
    card = template(Card("审批", closed=True, buttons=(action_button(), link)))

    assert "text_notice" == card["card_type"]
    assert [{"type": 1, "title": "查看客户", "url": "https://crm.example.com/c/7"}] == card["jump_list"]


def test_seventh_to_ninth_action_go_behind_the_menu_and_the_commands_are_told():
    buttons = tuple(action_button(f"第{number}", "pick", number=number) for number in range(1, 9))

    card = template(Card("选择", buttons=buttons, commands=("选择 编号",)))

    assert ["第1", "第2", "第3", "第4", "第5", "第6"] == [button["text"] for button in card["button_list"]]
    assert ["第7", "第8"] == [entry["text"] for entry in card["action_menu"]["action_list"]]
    assert "也可以发送：「选择 编号」" in card["sub_title_text"]


def test_what_has_no_room_in_the_text_stands_above_it_so_that_the_card_is_read_in_order():
    items = tuple(
        Item(f"第 {number} 家客户有限责任公司", ("区域公海 · 华东 · 机械", "11月23日 入池")) for number in range(5)
    )

    card = template(Card("公海", elements=(Items(items), Text("文字领取：发送“领取 客户名称”。"))))
    read = f"{card['quote_area']['quote_text']}\n{card['sub_title_text']}".split("\n")

    assert ["1.", "2.", "3.", "4.", "5."] == [line[:2] for line in read[:5]]
    assert "文字领取" in read[5]


def test_entries_of_several_lists_are_numbered_through_as_their_buttons_are():
    lists = tuple(Items((Item(name, buttons=(action_button("写跟进", "write", of=name),)),)) for name in ("甲", "乙"))

    card = template(Card("待办", elements=lists))

    assert "1. 甲\n2. 乙" == card["sub_title_text"]
    assert ["写跟进 1", "写跟进 2"] == [button["text"] for button in card["button_list"]]


def test_links_leave_the_buttons_to_the_actions():
    link = Button("查看", url="https://crm.example.com/")
    actions = tuple(action_button(f"第{number}", "pick", number=number) for number in range(6))

    card = template(Card("选择", buttons=(link, *actions)))

    assert [0] * 6 == [button["type"] for button in card["button_list"]]


def test_one_meaning_has_one_button():
    card = template(Card("审批", buttons=(action_button(), action_button("好"))))

    assert ["同意"] == [button["text"] for button in card["button_list"]]


def test_long_rows_become_lines_and_the_seventh_row_too():
    rows = tuple(Row(f"第{number}项", "值") for number in range(1, 8))

    card = template(Card("客户", elements=(Fields((Row("预计成交金额", "50 万"), *rows)),), buttons=(action_button(),)))

    assert ["第1项", "第2项", "第3项", "第4项", "第5项", "第6项"] == [
        row["keyname"] for row in card["horizontal_content_list"]
    ]
    assert "预计成交金额：50 万\n第7项：值" == card["sub_title_text"]


def test_both_sides_of_a_comparison_stand_on_one_line():
    compare = Compare("本次报备", "已有客户", (CompareRow("电话", "138****1111", "139****2222"),))

    card = template(Card("审批", elements=(compare,), buttons=(action_button(),)))

    assert "本次报备 / 已有客户\n电话：138****1111 / 139****2222" == card["quote_area"]["quote_text"]


def entries(count, *buttons):
    return Items(
        tuple(
            Item(
                f"客户{number}",
                buttons=tuple(action_button(b, b, id=number) for b in buttons),
                command=f"领取 客户{number}",
            )
            for number in range(1, count + 1)
        )
    )


def test_buttons_of_a_few_entries_carry_the_entrys_number():
    card = template(Card("公海", elements=(entries(3, "领取"),)))

    assert ["领取 1", "领取 2", "领取 3"] == [button["text"] for button in card["button_list"]]
    assert "1. 客户1\n2. 客户2\n3. 客户3" == card["sub_title_text"]


def test_a_long_list_is_a_markdown_message_with_a_command_for_each_entry():
    message = body(outbound(Card("公海", elements=(entries(8, "领取"),))))

    assert "markdown" == message["msgtype"]
    assert all(f"发送「领取 客户{number}」" in message["markdown"]["content"] for number in range(1, 9))


def test_a_long_list_that_replaces_a_clicked_card_is_drawn_as_far_as_it_goes():
    card = Card("公海", elements=(entries(8, "领取"),), commands=("领取 客户名",))

    face = body(outbound(card, update=sent(outbound())))["template_card"]

    assert "button_interaction" == face["card_type"]
    assert "也可以发送：「领取 客户名」" in face["sub_title_text"]


def test_a_text_too_long_for_a_notice_is_sent_as_markdown():
    message = body(outbound(Card("说明", elements=(Text("很长的话。\n" * 200),))))

    assert "markdown" == message["msgtype"]
    assert message["markdown"]["content"].endswith("…（内容较长，未全部显示）")


SOURCES = (Option("展会", "fair"), Option("官网", "web"))


def test_first_select_stands_beside_the_buttons_and_text_fields_become_rows():
    form = Form(
        "f",
        (TextInput("name", "名称", value="云途"), Select("source", "来源", SOURCES, value="web")),
        (action_button(),),
    )

    card = template(Card("报备", elements=(form,), commands=("提交",)))

    assert [{"keyname": "名称", "value": "云途"}] == card["horizontal_content_list"]
    assert ("source", "web") == (card["button_selection"]["question_key"], card["button_selection"]["selected_id"])
    assert "也可以发送：「提交」" in card["sub_title_text"]


def test_nothing_chosen_yet_is_an_option_of_its_own():
    form = Form("f", (Select("source", "来源", SOURCES),), (action_button(),))

    selection = template(Card("报备", elements=(form,)))["button_selection"]

    assert "-" == selection["selected_id"]
    assert {"id": "-", "text": "请选择"} == selection["option_list"][0]


def test_chosen_option_is_kept_when_there_are_too_many():
    options = tuple(Option(f"第{number}", str(number)) for number in range(30))
    form = Form("f", (Select("pick", "选择", options, value="29"),), (action_button(),))

    selection = template(Card("选择", elements=(form,), commands=("选择 编号",)))["button_selection"]

    assert 10 == len(selection["option_list"])
    assert "29" == selection["selected_id"] == selection["option_list"][-1]["id"]


def test_wrong_field_is_told_in_words():
    form = Form("f", (TextInput("phone", "电话", value="138", error="应为 11 位"),), (action_button(),))

    assert "电话：138（应为 11 位）" in template(Card("报备", elements=(form,)))["sub_title_text"]


def test_two_selects_and_one_button_are_a_card_of_drop_downs():
    form = Form(
        "f", (Select("a", "来源", SOURCES, value="web"), Select("b", "去向", SOURCES)), (action_button("保存"),)
    )

    card = template(Card("修改", elements=(form,)))

    assert "multiple_interaction" == card["card_type"]
    assert ["a", "b"] == [select["question_key"] for select in card["select_list"]]
    assert "保存" == card["submit_button"]["text"]


def test_one_choice_among_many_is_a_check_list():
    options = tuple(Option(f"公司{number}", str(number)) for number in range(15))
    form = Form("f", (Select("pick", "选择", options, value="3"),), (action_button("确定"),))

    card = template(Card("是哪一家", elements=(form,)))

    assert "vote_interaction" == card["card_type"]
    assert ["3"] == [option["id"] for option in card["checkbox"]["option_list"] if option["is_checked"]]


def test_group_gets_markdown_and_is_told_where_to_answer():
    message = body(outbound(SAMPLES["digest"], to="chat_east", group=True))

    assert ("chat_east", "markdown") == (message["chatid"], message["msgtype"])
    assert "请在与我的单聊里发送" in message["markdown"]["content"]


def test_text_is_sent_as_text_without_living_tags():
    message = body(outbound(text='<a href="https://evil">点我</a> <@all> 1<2'))

    assert '＜a href="https://evil">点我＜/a> ＜@all> 1<2' == message["text"]["content"]


def test_long_text_ends_at_a_line_and_says_so():
    content = body(outbound(text="一行说明\n" * 500))["text"]["content"]

    assert len(content.encode()) <= limits.TEXT_BYTES
    assert content.endswith("一行说明\n…（内容较长，未全部显示）")


def test_a_retry_is_a_duplicate_and_the_same_words_in_another_message_are_not():
    first, again, other = (RIG.adapter.render(outbound(text="好的", ref=ref)) for ref in ("o-1", "o-1", "o-2"))

    assert first == again
    assert first != other
    assert 1 == json.loads(first)["enable_duplicate_check"]
    assert limits.DUPLICATE_WINDOW <= json.loads(first)["duplicate_check_interval"] <= limits.DUPLICATE_WINDOW_MAX


def test_update_names_the_person_and_the_code():
    message = outbound(SAMPLES["decided"])

    update = body(outbound(SAMPLES["decided"], update=sent(message)))

    assert (["zhangsan"], "rc-1") == (update["userids"], update["response_code"])
    assert "text_notice" == update["template_card"]["card_type"]


@pytest.mark.parametrize("user", ["@all", "a|b", "", "用户", "x" * 65])
def test_message_to_anything_but_one_member_is_refused(user):
    with pytest.raises(PlatformError) as caught:
        RIG.adapter.render(outbound(text="你好", to=user))

    assert caught.value.permanent


@pytest.mark.parametrize(
    "message",
    [
        outbound(text=""),
        outbound(text="\u202e \x00"),
        outbound(Card("审批", buttons=(action_button(),)), ref="含中文"),
        outbound(
            Card("审批", elements=(Form("f", (Select("a", "b", (Option("x", "长" * 50),)),), (action_button(),)),))
        ),
        outbound(text="新面孔", update=sent(outbound())),
    ],
)
def test_message_that_breaks_a_limit_is_refused_for_good(message):
    with pytest.raises(PlatformError) as caught:
        RIG.adapter.render(message)

    assert caught.value.permanent


@pytest.mark.parametrize(
    ("card", "fault"),
    [
        ({"card_type": "news_notice"}, "42031"),
        ({"card_type": "button_interaction", "button_list": []}, "40058"),
        ({"card_type": "text_notice"}, "42045"),
        ({"card_type": "text_notice", "horizontal_content_list": [{"keyname": "a"}] * 7}, "42035"),
        ({"card_type": "text_notice", "horizontal_content_list": [{"keyname": "太长的标签" * 2}]}, "42027"),
        ({"card_type": "text_notice", "card_action": {"type": 1, "url": "javascript:x"}}, "40094"),
        ({"card_type": "text_notice", "jump_list": [{"title": "a", "url": "https://a"}] * 4}, "42042"),
        ({"card_type": "button_interaction", "button_list": [{"text": "a", "key": "k"}] * 2}, "42039"),
        ({"card_type": "button_interaction", "button_list": [{"text": "a" * 11, "key": "k"}]}, "42038"),
        ({"card_type": "multiple_interaction", "select_list": []}, "42047"),
        ({"card_type": "vote_interaction", "checkbox": {"question_key": "q", "option_list": []}}, "42037"),
        ({"card_type": "vote_interaction", "submit_button": {"text": "a", "key": "k" * 1025}}, "42046"),
        ({"card_type": "button_interaction", "button_selection": {"question_key": "", "option_list": []}}, "42043"),
        ({"card_type": "text_notice", "task_id": "a b"}, "42014"),
    ],
)
def test_limits_name_the_code_the_vendor_would_answer(card, fault):
    faults = limits.card_faults(card, new=False)

    assert [found for found in faults if found.startswith(fault)]


words = st.text(max_size=60)
long_words = st.text(max_size=400)
actions = st.builds(CardAction, st.sampled_from(["a", "b", "c"]), st.dictionaries(st.just("id"), st.integers(0, 9)))
buttons = st.builds(
    Button, words, actions, style=st.sampled_from(["default", "primary", "danger"]), confirm=st.none() | words
) | st.builds(Button, words, url=st.sampled_from(["https://crm.example.com/1", "javascript:alert(1)", "http://a b"]))
several_buttons = st.lists(buttons, max_size=4).map(tuple)
options = st.lists(st.builds(Option, words, st.text("abc-", max_size=3)), max_size=25).map(tuple)
names = st.text("abcdef", min_size=1, max_size=8)
inputs = (
    st.builds(TextInput, names, words, value=words, error=st.none() | words)
    | st.builds(Select, names, words, options, value=st.none() | st.text("abc-", max_size=3))
    | st.builds(DateInput, names, words, value=st.just("2026-12-31") | st.just(""))
)
forms = st.builds(
    Form, names, st.lists(inputs, max_size=4, unique_by=lambda entry: entry.name).map(tuple), several_buttons
)
items = st.builds(Item, words, st.lists(words, max_size=3).map(tuple), several_buttons, st.none() | words)
elements = (
    st.builds(Text, long_words, st.sampled_from(["normal", "strong", "note", "good", "warning", "error"]))
    | st.builds(Fields, st.lists(st.builds(Row, words, words), max_size=9).map(tuple))
    | st.builds(Compare, words, words, st.lists(st.builds(CompareRow, words, words, words), max_size=6).map(tuple))
    | st.builds(Items, st.lists(items, max_size=9).map(tuple))
    | st.just(Divider())
    | forms
)
cards = st.builds(
    Card,
    long_words,
    tone=st.sampled_from(["blue", "green", "orange", "red", "grey"]),
    subtitle=st.none() | words,
    status=st.none() | words,
    elements=st.lists(elements, max_size=4).map(tuple),
    buttons=several_buttons,
    commands=st.lists(words, max_size=4).map(tuple),
    link=st.none() | st.just("https://crm.example.com/") | words,
    closed=st.booleans(),
)


@given(cards)
def test_any_card_keeps_all_limits_for_a_person(card):
    message = body(outbound(card))

    if message["msgtype"] == "template_card":
        assert () == limits.card_faults(message["template_card"], new=True)
    else:
        assert 0 < len(message["markdown"]["content"].encode()) <= limits.APP.markdown_bytes


@given(cards)
def test_any_card_keeps_all_limits_as_a_new_face_and_in_a_group(card):
    face = body(outbound(card, update=sent(outbound())))["template_card"]
    content = body(outbound(card, to="chat", group=True))["markdown"]["content"]

    assert () == limits.card_faults(face, new=False)
    assert 0 < len(content.encode()) <= limits.APP.markdown_bytes


@given(cards)
def test_no_markup_of_a_card_comes_alive_in_markdown(card):
    content = body(outbound(card, to="chat", group=True))["markdown"]["content"]

    ours = content.replace("](https://crm.example.com/", "").replace("**", "").replace("</font>", "")
    for color in ("info", "warning", "comment"):
        ours = ours.replace(f'<font color="{color}">', "")
    lines = [line.removeprefix("> ").removeprefix("[") for line in ours.split("\n")]
    assert not [line for line in lines if set(line) & set("*`<>[]#")]


@given(cards)
def test_no_button_of_a_closed_card_asks_for_an_action(card):
    face = body(outbound(card, update=sent(outbound())))["template_card"]

    if card.closed:
        assert "text_notice" == face["card_type"]


@given(long_words)
def test_escaped_markdown_has_nothing_left_to_interpret(text):
    assert not set(markdown(text)) & set("*`<>[]#\n\r\t")


@given(st.text(max_size=3000))
def test_any_text_fits_or_is_refused_as_empty(text):
    if not plain(text).strip():
        return
    content = body(outbound(text=text))["text"]["content"]

    assert 0 < len(content.encode()) <= limits.TEXT_BYTES


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\ud800b", "a\uffffb", "a\u2066b"])
def test_what_no_sink_can_hold_is_dropped(text):
    assert "ab" == one_line(text)


def test_line_ends_and_spaces_of_a_caption_become_one_space():
    assert "a b c" == one_line(" a\n\tb  c\r\n")


def test_cut_text_ends_with_an_ellipsis():
    assert ("你好", "你…") == (cut("你好", 2), cut("你好吗", 2))


def test_comparison_signs_stay_in_text_messages():
    assert "金额<50万" == message_text("金额<50万")


def test_lines_that_do_not_fit_give_way_to_a_remark():
    assert "一\n…更多\n尾" == join_within(["一", "二" * 20], 24, more="…更多", tail=["尾"])
