"""Compiles a project's pipeline to KFP's intermediate form: `python -m steps.compile --project-directory DIR --out FILE`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from steps.errors import StepError

if TYPE_CHECKING:
    from steps.project import Project


def intermediate(found: Project, image: str) -> str:
    """The pipeline as KFP's intermediate YAML: one document, the same bytes for the same project.

    KFP's own head comment is left out: it lists values in an order that differs from run to run.
    """
    from kfp import compiler

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pipeline.yaml"
        compiler.Compiler().compile(found.build("container", image), str(file))
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    head = f"# Pipeline {found.name}, compiled from pipeline.py and settings.yaml by steps.compile. Do not edit.\n"
    return head + "".join(line for line in lines if not line.startswith("#"))


def main() -> int:
    """Writes the pipeline of container components as YAML, with the project's settings as the parameters' defaults."""
    from steps import documents, project

    parser = argparse.ArgumentParser(prog="python -m steps.compile", description="Compiles a pipeline to KFP YAML.")
    parser.add_argument("--project-directory", type=Path, required=True, help="Folder of the project.")
    parser.add_argument("--out", type=Path, required=True, help="File to write, .yaml.")
    parser.add_argument("--parameters", type=Path, help="JSON file of dotted settings that override settings.yaml.")
    parser.add_argument("--image", default=project.DEFAULT_IMAGE, help="Image with the step package. Default: %(default)s.")
    arguments = parser.parse_args()
    try:
        found = project.load(arguments.project_directory, project.overrides(arguments.parameters))
        if arguments.out.suffix not in (".yaml", ".yml"):
            raise StepError(f"--out: got {arguments.out}, wanted a name that ends in .yaml")
        documents.write_text(arguments.out, intermediate(found, arguments.image))
    except StepError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
