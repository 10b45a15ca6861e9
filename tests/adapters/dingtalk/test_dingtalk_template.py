"""
The template an administrator imports: the stored file, and that nothing in it hangs in the air.
"""

import json
import pathlib

from adapters.dingtalk import template

FILE = pathlib.Path(template.__file__).with_name("liaodan-card.json")
DOCUMENT = json.loads(json.loads(template.importable())["editorData"])
CARD = DOCUMENT["schema"]["componentsTree"][0]


def objects(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from objects(child)


def test_the_file_to_import_is_current():
    """
    After a wanted change: `python -c "from adapters.dingtalk import template; print(template.importable(), end='')"`.
    """
    assert FILE.read_text(encoding="utf-8") == template.importable()


def test_the_envelope_is_what_the_card_platform_imports():
    envelope = json.loads(template.importable())

    assert {"editorData", "widgetInfo", "type", "mode"} == set(envelope)
    assert ("", "im", "card") == (envelope["widgetInfo"], envelope["type"], envelope["mode"])
    assert "3.0.0" == DOCUMENT["schemaVersion"]


def test_every_variable_that_is_used_is_declared_and_the_other_way_round():
    used = {found["variable"] for found in objects(CARD) if found.get("variable")}
    declared = [entry["name"] for entry in DOCUMENT["variableList"]]

    assert sorted(used) == sorted(declared)
    assert set(declared) == set(template.variables())


def test_every_component_that_is_used_is_declared():
    used = {node["componentName"] for node in (CARD, *CARD["children"])}

    assert used == {entry["componentName"] for entry in DOCUMENT["schema"]["componentsMap"]}


def test_every_block_is_hidden_while_its_variable_is_empty():
    conditions = [node["props"]["visible"]["condition"]["conditions"] for node in CARD["children"]]

    assert [
        template.HEAD,
        *template.BODY,
        template.shown(template.FIRST_BUTTONS),
        *(template.submit(name) for name in template.FORMS),
        template.BELOW,
        template.shown(template.BUTTONS),
        template.FOOT,
    ] == [each[0]["variable"] for each in conditions]  # fmt: skip
    assert {("notEqual", "")} == {(each[0]["op"], each[0]["value"]) for each in conditions}


def test_nodes_and_parts_of_variables_have_names_of_their_own():
    nodes = [node["id"] for node in (CARD, *CARD["children"])]
    parts = [found["id"] for found in objects(DOCUMENT["variableList"])]

    assert len(set(nodes)) == len(nodes)
    assert len(set(parts)) == len(parts)


def test_every_form_is_known_by_the_variable_that_describes_it():
    forms = [node["props"] for node in CARD["children"] if node["componentName"] == "Form"]

    assert list(template.FORMS) == [form["id"] for form in forms]
    assert [(name, "request", f"${{{name}_submit}}") for name in template.FORMS] == [
        (form["formSchema"]["variable"], form["actionType"], form["submitText"]["content"]) for form in forms
    ]
