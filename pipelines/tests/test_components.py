"""Both components of a step are the same step: one interface, one command line."""

from __future__ import annotations

import inspect
import sys

import pytest
import yaml
from support import DIABETES, python

from steps import command, project
from steps.compile import intermediate
from steps.errors import StepError
from steps.factory import STANDARD, component, component_source, signature
from steps.signature import flag, text

STEPS = {name: signature(f"steps.{name}") for name in STANDARD}
IMAGE = "registry.example/steps@sha256:0"


@pytest.mark.parametrize("name", STANDARD)
def test_a_step_has_the_same_interface_as_container_and_as_lightweight_twin(name):
    container, twin = (component(STEPS[name], kind, IMAGE).pipeline_spec.components[f"comp-{name}"] for kind in ("container", "local"))
    assert container.input_definitions == twin.input_definitions
    assert container.output_definitions == twin.output_definitions
    assert set(container.input_definitions.parameters) == set(STEPS[name].parameters)
    assert set(container.output_definitions.artifacts) == set(STEPS[name].outputs)


@pytest.mark.parametrize("name", STANDARD)
def test_both_run_the_same_command_line(name, monkeypatch):
    step = STEPS[name]
    spec = component(step, "container", IMAGE).pipeline_spec.deployment_spec["executors"][f"exec-{name}"]["container"]
    assert list(spec["command"]) == ["python", "-m", f"steps.{name}"] and spec["image"] == IMAGE

    class Artifact:
        def __init__(self, path):
            self.path = path

    called = []
    monkeypatch.setattr(command, "main", lambda module, argv: called.append((module, argv)))
    scope = {"dsl": __import__("kfp.dsl").dsl}
    exec(component_source(step, "local", IMAGE), scope)
    files = {file: Artifact(f"/somewhere/{file}") for file in (*step.inputs, *step.outputs)}
    values = {key: parameter.default for key, parameter in step.parameters.items()}
    scope[name](**files, **values)
    [(module, argv)] = called
    assert module == f"steps.{name}"
    places = {f"{{{{$.{kind}.artifacts['{file}'].path}}}}": f"/somewhere/{file}" for kind in ("inputs", "outputs") for file in files}
    places |= {f"{{{{$.inputs.parameters['{key}']}}}}": text(value) for key, value in values.items()}
    assert [places.get(argument, argument) for argument in spec["args"]] == argv


@pytest.mark.parametrize("name", STANDARD)
def test_the_function_takes_what_the_signature_says_and_every_value_is_described(name):
    step = STEPS[name]
    wanted = [*step.inputs, *step.outputs, *(key for key in step.parameters if key != "code_digest")]
    assert sorted(inspect.signature(sys.modules[f"steps.{name}"].run).parameters) == sorted(wanted)
    for described in (*step.inputs.values(), *step.outputs.values(), *step.parameters.values()):
        assert described.doc.endswith((".", "JSON.", "CSV."))


@pytest.mark.parametrize("name", STANDARD)
def test_every_default_passes_its_own_type_through_the_command_line(name):
    for key, parameter in STEPS[name].parameters.items():
        assert parameter.from_text(text(parameter.default), flag(key)) == parameter.parse(parameter.default, flag(key))


def test_only_registration_is_never_cached():
    assert [name for name in STANDARD if not STEPS[name].cached] == ["register"]


@pytest.fixture(scope="module")
def compiled() -> dict:
    return yaml.safe_load(intermediate(project.load(DIABETES), IMAGE))


def test_the_graph_follows_from_what_feeds_what(compiled):
    tasks = compiled["root"]["dag"]["tasks"]
    needs = {name: set(task.get("dependentTasks", [])) for name, task in tasks.items()}
    assert needs == {
        "extract": set(),
        "validate": {"extract"},
        "transform": {"extract", "validate"},
        "tune": {"extract", "validate"},
        "train": {"extract", "transform", "tune"},
        "evaluate": {"extract", "train"},
        "register": {"extract", "validate", "tune", "train", "evaluate"},
    }


def test_steps_with_no_data_between_them_may_run_side_by_side(compiled):
    tasks = compiled["root"]["dag"]["tasks"]
    assert "tune" not in tasks["transform"]["dependentTasks"] and "transform" not in tasks["tune"]["dependentTasks"]


def test_the_gate_is_data_not_a_branch(compiled):
    assert all("triggerPolicy" not in task for task in compiled["root"]["dag"]["tasks"].values())


def test_the_settings_are_the_defaults_of_the_pipelines_parameters(compiled):
    declared = compiled["root"]["inputDefinitions"]["parameters"]
    assert declared["evaluate_floor"]["defaultValue"] == 3600 and declared["train_alpha"]["defaultValue"] == "tuned"
    assert declared["schema"]["defaultValue"]["target"]["name"] == "progression"
    assert set(declared) == set(project.load(DIABETES).definition.parameters())


def test_every_step_gets_the_digest_of_the_code_and_caching_is_off_for_registration_only(compiled):
    for name, task in compiled["root"]["dag"]["tasks"].items():
        assert task["inputs"]["parameters"]["code_digest"] == {"componentInputParameter": "code_digest"}
        assert task["cachingOptions"] == ({} if name == "register" else {"enableCache": True})


def test_compiling_twice_gives_the_same_bytes_in_one_document(tmp_path):
    for out, seed in (("a.yaml", "1"), ("b.yaml", "2")):
        done = python(
            "-m", "steps.compile", "--project-directory", DIABETES, "--out", tmp_path / out, env={"PYTHONHASHSEED": seed}, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()
    assert len(list(yaml.safe_load_all((tmp_path / "a.yaml").read_text()))) == 1


def test_compiling_imports_no_learning_library():
    script = (
        "import sys; from steps import compile, project; compile.intermediate(project.load(__import__('pathlib').Path(sys.argv[1])), 'i')"
    )
    done = python("-c", f"{script}; print([m for m in ('sklearn', 'mlflow', 'pandas') if m in sys.modules])", DIABETES)
    assert done.stdout.strip() == "[]", done.stderr


def test_new_step_code_gives_a_new_digest_and_new_tests_do_not(tmp_path):
    folder = tmp_path / "diabetes"
    folder.mkdir()
    for file in ("pipeline.py", "settings.yaml", "schema.json", "baseline.json"):
        (folder / file).write_text((DIABETES / file).read_text())
    before = project.load(folder).code_digest()
    (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text("# a test\n")
    assert project.load(folder).code_digest() == before
    (folder / "features.py").write_text("# a step\n")
    assert project.load(folder).code_digest() != before


def test_an_unknown_step_is_refused_with_the_ones_there_are(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in ("settings.yaml", "schema.json"):
        (folder / file).write_text((DIABETES / file).read_text())
    (folder / "settings.yaml").write_text("version: 1\n")
    (folder / "pipeline.py").write_text(
        "from steps.factory import pipeline\n@pipeline()\ndef p(steps):\n    steps.extract()\n    steps.deploy()\n"
    )
    with pytest.raises(StepError, match="pipeline.py: there is no step deploy. Known: evaluate, extract"):
        project.load(folder)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("steps.validate()", "missing 2 required arguments: training, holdout"),
        ("steps.extract(data=1)", 'unexpected keyword argument "data"'),
        ("steps.transform(training=steps.extract().outputs['trainin'], anomalies=1)", "KeyError: 'trainin'"),
    ],
)
def test_steps_joined_wrongly_are_one_line_that_names_the_file(tmp_path, body, said):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "settings.yaml").write_text("version: 1\n")
    (tmp_path / "mine" / "schema.json").write_text((DIABETES / "schema.json").read_text())
    (tmp_path / "mine" / "pipeline.py").write_text(f"from steps.factory import pipeline\n@pipeline()\ndef p(steps):\n    {body}\n")
    done = python("-m", "steps.compile", "--project-directory", tmp_path / "mine", "--out", tmp_path / "p.yaml")
    assert done.returncode == 1 and "pipeline.py joins steps wrongly" in done.stderr and said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_that_is_no_step_is_refused_by_name():
    with pytest.raises(StepError, match="module json is no step"):
        signature("json")
