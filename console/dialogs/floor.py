from console.dialogs.frame import FramedDialog


class FloorDialog(FramedDialog):
    def __init__(self, bridge, parent=None) -> None:
        super().__init__("Floor", parent=parent)
