"""The Baserun server: collector, store, API and web pages."""


def __getattr__(name: str) -> str:
    """`__version__`, looked up when it is asked for: the engine's process never asks, and would load a tenth more."""
    if name == "__version__":
        from importlib.metadata import version

        return version("baserun-server")
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
