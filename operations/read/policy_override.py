"""Other values of the policy's parameters for one computation, unseen by every other thread and task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from policy import parameters
from policy.parameters import Parameter

_CHOSEN: ContextVar[Mapping[str, Parameter]] = ContextVar("parameters", default={})  # noqa: B039 - never written to


class _Layered(dict[str, Parameter]):
    """The parameters by name; what the present computation chose lies above the ones in force."""

    def __getitem__(self, name: str) -> Parameter:
        chosen = _CHOSEN.get()
        return chosen[name] if name in chosen else super().__getitem__(name)


# The functions of `policy.parameters` look a value up in this mapping at each call. It is exchanged once, when this
# module is read, for one that answers the same wherever nothing was chosen.
if not isinstance(parameters.PARAMETERS, _Layered):
    parameters.PARAMETERS = _Layered(parameters.PARAMETERS)


@contextmanager
def overridden(chosen: Mapping[str, Parameter]) -> Iterator[None]:
    """Let the rules see these parameters in place of those in force, within the `with` and nowhere else."""
    token = _CHOSEN.set({**_CHOSEN.get(), **chosen})
    try:
        yield
    finally:
        _CHOSEN.reset(token)
