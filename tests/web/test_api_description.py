import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EXAMPLES = 60


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", ["parse", "compare", "duplicate-check"])
def test_the_description_keeps_its_word(client, api, path, mode, monkeypatch):
    monkeypatch.setattr("store.lookups.count_on", lambda *_: 0)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", client.application)
    operation = schema[f"/api/v1/{path}"]["POST"]

    @settings(max_examples=EXAMPLES, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {api.token}"})

    check()


def test_the_description_is_openapi_3_1_with_problem_details(client):
    spec = client.get("/api/openapi.json").json

    assert "3.1.0" == spec["openapi"]
    assert {"/api/v1/parse", "/api/v1/compare", "/api/v1/duplicate-check"} == set(spec["paths"])
    answers = spec["paths"]["/api/v1/duplicate-check"]["post"]["responses"]
    assert {"200", "400", "401", "403", "413", "415", "422", "429"} == set(answers)
    assert ["application/problem+json"] == list(answers["429"]["content"])
