import pytest

from engine.sources.simulated import DEMO, SimulatedCamera, World


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def cameras(world: World) -> dict[str, SimulatedCamera]:
    return {plan.id: SimulatedCamera(world, plan) for plan in DEMO.cameras}
