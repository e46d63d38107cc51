"""Which camera is in which place of a wall, over all its pages. No Qt."""

from dataclasses import replace

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Assignment:
    """Attributes:
    slots: camera ids by place, "" where nobody put one; empty while nobody arranged anything. Cameras that are gone keep their place.
    left_out: cameras that somebody took off this wall.
    """

    slots: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()

    def arranged(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Who stands where of the cameras that there are; those that nobody placed take the empty places in order, then new ones."""
        known = set(ids)
        slots = [slot if slot in known else "" for slot in self.slots]
        new = iter([each for each in ids if each not in slots and each not in self.left_out])
        for at, slot in enumerate(slots):
            if not slot:
                slots[at] = next(new, "")
        return _trimmed((*slots, *new))

    def swapped(self, ids: tuple[str, ...], first: int, second: int) -> "Assignment":
        """The cameras of two places change them; a place may be empty, or beyond the last."""
        slots = self._laid_out(ids, max(first, second) + 1)
        slots[first], slots[second] = slots[second], slots[first]
        return replace(self, slots=_trimmed(slots))

    def with_camera_at(self, ids: tuple[str, ...], camera_id: str, place: int) -> "Assignment":
        """A camera put in a place. Who was there goes where the camera came from, else to the first empty place: nobody is lost."""
        slots = self._laid_out(ids, place + 1)
        if camera_id in slots:
            return self.swapped(ids, slots.index(camera_id), place)
        before, slots[place] = slots[place], camera_id
        if before:
            slots.append("")
            slots[slots.index("")] = before
        return Assignment(_trimmed(slots), self.left_out - {camera_id})

    def exchanged(self, ids: tuple[str, ...], first: str, second: str) -> "Assignment":
        """Each of two cameras where the other was, be that a place or off the wall."""
        other = {first: second, second: first}
        slots = [other.get(slot, slot) for slot in self._laid_out(ids, 0)]
        return Assignment(_trimmed(slots), frozenset(other.get(each, each) for each in self.left_out))

    def without(self, ids: tuple[str, ...], camera_id: str) -> "Assignment":
        """Taken off: its place stays empty until another camera takes it."""
        slots = tuple("" if slot == camera_id else slot for slot in self._laid_out(ids, 0))
        return Assignment(_trimmed(slots), self.left_out | {camera_id})

    def closed_up(self) -> "Assignment":
        """Without empty places."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot))

    def dropped(self, ids: tuple[str, ...], place: int) -> "Assignment":
        """The place itself goes, and whoever is there with it; those behind it move up."""
        slots = self._laid_out(ids, place + 1)
        gone = slots.pop(place)
        return Assignment(_trimmed(slots), self.left_out | ({gone} - {""}))

    def only(self, ids: tuple[str, ...], kept: tuple[str, ...]) -> "Assignment":
        """These, where they stand in the tuple; all others that there are now taken off."""
        return Assignment(_trimmed(kept), frozenset(ids) - set(kept))

    def _laid_out(self, ids: tuple[str, ...], least: int) -> list[str]:
        slots = list(self.arranged(ids))
        return slots + [""] * (least - len(slots))


def _trimmed(slots: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    end = len(slots)
    while end and not slots[end - 1]:
        end -= 1
    return tuple(slots[:end])
