"""What projects/diabetes/README.md says of adding a step is true: this does it, with the text that stands there."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml
from support import DIABETES, PIPELINES, python

BLOCKS = re.findall(r"```python\n(.*?)```", (DIABETES / "README.md").read_text(), re.S)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A folder on Python's path with a copy of the project that has the step."""
    root = tmp_path_factory.mktemp("root")
    project = root / "projects" / "diabetes"
    shutil.copytree(DIABETES, project, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    step, joined = BLOCKS
    (project / "deduplicate.py").write_text(step)
    before = (project / "pipeline.py").read_text()
    after = before.replace("@pipeline()", joined.splitlines()[0]).replace(
        '    checked = steps.validate(training=data["training"]', joined.splitlines()[-1] + "\n    checked = steps.validate(training=training"
    )
    assert after.count("training=training") == 1
    (project / "pipeline.py").write_text(after)
    return root


def path(root: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(root), str(PIPELINES)])}


def test_its_command_line_works(root, tmp_path):
    (tmp_path / "rows.csv").write_text("a,b\n1,x\n2,y\n1,x\n")
    lines = ["--rows", tmp_path / "rows.csv", "--distinct", tmp_path / "out.csv", "--keep", "last"]
    done = python("-m", "projects.diabetes.deduplicate", *lines, env=path(root))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").read_text() == "a,b\n1,x\n2,y\n"


def compiled(root: Path, out: Path) -> dict:
    done = python("-m", "steps.compile", "--project-directory", root / "projects/diabetes", "--out", out, env=path(root))
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(out.read_text())


def test_the_pipeline_has_it_between_extraction_and_validation_with_its_setting(root, tmp_path):
    settings = root / "projects/diabetes/settings.yaml"
    settings.write_text(settings.read_text() + "\ndeduplicate: { keep: last }\n")
    made = compiled(root, tmp_path / "p.yaml")
    assert made["deploymentSpec"]["executors"]["exec-deduplicate"]["container"]["command"] == ["python", "-m", "projects.diabetes.deduplicate"]
    tasks = made["root"]["dag"]["tasks"]
    assert tasks["deduplicate"]["dependentTasks"] == ["extract"] and "deduplicate" in tasks["validate"]["dependentTasks"]
    assert made["root"]["inputDefinitions"]["parameters"]["deduplicate_keep"]["defaultValue"] == "last"
