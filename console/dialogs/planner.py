from console.dialogs.frame import FramedDialog


class PlannerDialog(FramedDialog):
    def __init__(self, bridge, parent=None) -> None:
        super().__init__("Plan nodes", parent=parent)
