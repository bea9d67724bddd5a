"""Patching a library when it is imported, or at once where it already is: `init()` itself imports nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from baserun._guard import guarded

Install = Callable[[Any], None]


class _Finder(MetaPathFinder):
    """Lets the ordinary finders find a module and puts our loader around theirs."""

    def __init__(self) -> None:
        self.installs: dict[str, list[Install]] = {}
        self._finding: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.installs or fullname in self._finding:
            return None
        self._finding.add(fullname)
        try:
            spec = find_spec(fullname)
        except (ImportError, ValueError):
            return None
        finally:
            self._finding.discard(fullname)
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        spec.loader = _Loader(spec.loader, self.installs[fullname])
        return spec


class _Loader(Loader):
    def __init__(self, loader: Any, installs: list[Install]) -> None:
        self._loader = loader
        self._installs = installs

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # The module keeps its own loader: libraries read their data files through it.
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        for install in list(self._installs):
            with guarded(f"instrumentation of {module.__name__}"):
                install(module)


_finder = _Finder()


def when_imported(module_name: str, install: Install) -> None:
    """Call `install(module)` once the module is imported: now, if it is already."""
    module = sys.modules.get(module_name)
    if module is not None:
        with guarded(f"instrumentation of {module_name}"):
            install(module)
        return
    _finder.installs.setdefault(module_name, []).append(install)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def no_longer(module_name: str) -> None:
    """Forget what was to be done when the module is imported."""
    _finder.installs.pop(module_name, None)
