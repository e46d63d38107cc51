"""The one door to onnxruntime.

It is loaded with the first network: a start without models need not wait for it, and it starts a thread of its own as soon as it is loaded.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from engine.inference.provider import CPU, Provider
from engine.inference.runner import Blob, Tensor, cannot_run, damaged
from engine.model.geometry import Floats

_ERRORS_ONLY = 3
_FATAL_ONLY = 4
_AS_REQUESTED = 1  # and not by powers of two


@cache
def _library() -> Any:
    import onnxruntime  # pyright: ignore[reportMissingTypeStubs]

    library: Any = onnxruntime  # it carries no types
    _share_memory(library)
    return library


def _share_memory(library: Any) -> None:
    """One pool of memory for the runs of all networks, which grows by what a run needs: each would keep one of its own, twice as large."""
    main_memory = library.OrtMemoryInfo("Cpu", library.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, library.OrtMemType.DEFAULT)
    usual = -1
    library.create_and_register_allocator(
        main_memory,
        library.OrtArenaCfg(
            {
                "max_mem": 0,  # no bound
                "arena_extend_strategy": _AS_REQUESTED,
                "initial_chunk_size_bytes": usual,
                "max_dead_bytes_per_chunk": usual,
            }
        ),
    )


@cache
def _bad_file() -> tuple[type[Exception], ...]:
    """There is no common base for the errors that a bad file raises; these are all it defines for loading."""
    state: Any = _library().capi.onnxruntime_pybind11_state
    return (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoModel,
        state.NoSuchFile,
        state.NotImplemented,
        state.RuntimeException,
    )


def provider_names() -> frozenset[str]:
    """Of this build, whether the device is there or not."""
    return frozenset(_library().get_available_providers())


class OnnxRunner:
    """A network on onnxruntime."""

    def __init__(self, path: Path, provider: Provider) -> None:
        """Raises EnvironmentFault: as `open_runner`."""
        self.provider = provider
        native = CPU.native
        if provider.native not in provider_names():
            raise cannot_run(provider, path, "this build of onnxruntime does not have it")
        names = [provider.native] if provider.native == native else [provider.native, native]
        try:
            self._session: Any = _library().InferenceSession(str(path), _options(provider), providers=names)
        except _bad_file() as error:
            raise (damaged(path, str(error)) if provider.native == native else cannot_run(provider, path, str(error))) from error
        if self._session.get_providers()[0] != provider.native:  # a device that is absent is left out without an error
            raise cannot_run(provider, path, "its device or a library of it is missing")
        self.inputs = tuple(Tensor(one.name, tuple(one.shape)) for one in self._session.get_inputs())
        self.outputs = tuple(Tensor(one.name, tuple(one.shape)) for one in self._session.get_outputs())

    def run(self, feed: Mapping[str, Blob]) -> list[Floats]:
        return self._session.run(None, feed)


def _options(provider: Provider) -> Any:
    options: Any = _library().SessionOptions()
    options.intra_op_num_threads = provider.threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # a plan for each network is a block for each network, as large as its whole run
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.log_severity_level = _ERRORS_ONLY if provider.native == CPU.native else _FATAL_ONLY
    # A spinning worker would hold the core that a decoder needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
