"""Makes pipeline components from signatures, and pipelines from a function that joins steps.

A step becomes one of two components with the same interface: a container component (Vertex AI, Kubeflow, Azure ML), or
its lightweight twin, which runs the same command line in a process of kfp's local runner (that runner refuses
container components). A pipeline is KFP's own DSL; its graph follows from which output feeds which input.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from steps.errors import StepError, nearest
from steps.signature import Step, flag

Kind = Literal["container", "local"]

STANDARD = ("extract", "validate", "transform", "tune", "train", "evaluate", "register")
"""The steps every project may use; a project adds its own by module name."""

PYTHON_IMAGE = "python:3.11"
"""Base image named in a lightweight component. The local runner starts no image; KFP wants a name that says python."""


def signature(module: str) -> Step:
    """The signature of the step in a module."""
    step = getattr(importlib.import_module(module), "STEP", None)
    if not isinstance(step, Step):
        raise StepError(f"module {module} is no step: it holds no STEP", "See projects/diabetes/README.md, Add a step")
    return step


def component_source(step: Step, kind: Kind, image: str) -> str:
    """Python text of a KFP component function. KFP reads a lightweight component's body from its text, so there must be one."""
    files = {**step.inputs, **step.outputs}
    declared = [f"{name}: dsl.Input[dsl.{file.kind}]" for name, file in step.inputs.items()]
    declared += [f"{name}: dsl.Output[dsl.{file.kind}]" for name, file in step.outputs.items()]
    declared += [f"{name}: {p.plain.__name__} = {_default(p.default)!r}" for name, p in step.parameters.items()]
    described = [f"        {name}: {file.doc}" for name, file in files.items()]
    described += [f"        {name}: {parameter.doc}" for name, parameter in step.parameters.items()]
    lines = [
        f"def {step.name}({', '.join(declared)}):",
        f'    """{step.doc}',
        "",
        "    Args:",
        *described,
        '    """',
    ]
    if kind == "container":
        flags = [f"{flag(name)!r}, {name}.path" for name in files] + [f"{flag(name)!r}, {name}" for name in step.parameters]
        lines.append(f"    return dsl.ContainerSpec(image={image!r}, command={command(step)!r}, args=[{', '.join(flags)}])")
    else:
        flags = [f"{flag(name)!r}, {name}.path" for name in files] + [f"{flag(name)!r}, text({name})" for name in step.parameters]
        lines += [
            "    from steps.command import main",
            "    from steps.signature import text",
            f"    main({step.module!r}, [{', '.join(flags)}])",
        ]
    return "\n".join(lines) + "\n"


def command(step: Step) -> list[str]:
    """What starts a step's command line in its image."""
    return ["python", "-m", step.module]


def _default(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, list, dict)) else str(value)


def component(step: Step, kind: Kind, image: str) -> Any:
    """A KFP component."""
    from kfp import dsl

    source = component_source(step, kind, image)
    file = f"<{kind} component {step.name} {image}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope: dict[str, Any] = {"dsl": dsl}
    exec(compile(source, file, "exec", dont_inherit=True), scope)  # text made above, from signatures alone
    function = scope[step.name]
    if kind == "container":
        return dsl.container_component(function)
    return dsl.component(base_image=PYTHON_IMAGE, install_kfp_package=False)(function)


class Steps:
    """The steps as a pipeline function uses them: `steps.train(training=…)` gives a KFP task.

    Artifacts are handed over by name; parameters come from the settings by themselves.
    """

    def __init__(self, kind: Kind, signatures: Mapping[str, Step], channels: Mapping[str, Any], image: str) -> None:
        self._kind = kind
        self._signatures = signatures
        self._channels = channels
        self._image = image

    def __getattr__(self, name: str) -> Callable[..., Any]:
        step = self._signatures[name]

        def task(**artifacts: Any) -> Any:
            values = {key: self._channels[step.pipeline_parameter(key)] for key in step.parameters}
            made = component(step, self._kind, self._image)(**artifacts, **values)
            made.set_caching_options(enable_caching=step.cached)
            return made

        return task


@dataclass(frozen=True)
class Definition:
    """A project's pipeline: a function that joins steps, and the steps it may use."""

    function: Callable[[Steps], None]
    signatures: Mapping[str, Step]

    def parameters(self) -> dict[str, tuple[type, Any]]:
        """Pipeline parameter → its type and the default of the step that declares it."""
        return {
            step.pipeline_parameter(name): (parameter.plain, _default(parameter.default))
            for step in self.signatures.values()
            for name, parameter in step.parameters.items()
        }

    def build(self, kind: Kind, name: str, defaults: Mapping[str, Any], image: str) -> Any:
        """The KFP pipeline.

        Args:
            defaults: Pipeline parameter → default value; a parameter that is not named keeps its step's default.
            image: Image of the container components.
        """
        from kfp import dsl

        declared = self.parameters()

        def pipeline(*channels: Any) -> None:
            self.function(Steps(kind, self.signatures, dict(zip(declared, channels, strict=True)), image))

        pipeline.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                inspect.Parameter(
                    parameter, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=kind_, default=defaults.get(parameter, default)
                )
                for parameter, (kind_, default) in declared.items()
            ]
        )
        return dsl.pipeline(name=name, description=inspect.getdoc(self.function))(pipeline)


def pipeline(*modules: str) -> Callable[[Callable[[Steps], None]], Definition]:
    """Marks a project's pipeline function.

    Args:
        modules: Modules of the project's own steps, beside the standard ones.
    """

    def mark(function: Callable[[Steps], None]) -> Definition:
        found = [signature(f"steps.{name}") for name in STANDARD] + [signature(module) for module in modules]
        return Definition(function, {step.name: step for step in _used(function, found)})

    return mark


def _used(function: Callable[[Steps], None], steps: Sequence[Step]) -> list[Step]:
    """The steps a pipeline function names, `steps.<name>`: those alone give it settings and parameters."""
    given = next(iter(inspect.signature(function).parameters), None)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    named = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == given}
    known = [step.name for step in steps]
    for name in sorted(named.difference(known)):
        raise StepError(f"there is no step {name}. {nearest(name, known)}")
    return [step for step in steps if step.name in named]
