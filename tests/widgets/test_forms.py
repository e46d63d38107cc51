import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from widgets.fields.form import Field, FieldGroup
from widgets.fields.password_field import PasswordField


def needs_text(text: str) -> str:
    return "" if text.strip() else "A camera needs a name."


@pytest.fixture
def group(qtbot):
    made = FieldGroup()
    made.add_field("name", Field("Name", needs_text, hint="Shown on its tile"))
    made.add_field("url", Field("Address", lambda text: "" if text.startswith("rtsp://") else "An address starts with rtsp://"))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_nothing_is_called_wrong_before_it_was_touched(group):
    assert group.field("name").message() == "Shown on its tile"
    assert not group.is_valid()


def test_message_appears_and_goes_while_typing(group, qtbot):
    field = group.field("url")
    qtbot.keyClicks(field.edit(), "rtsp:/")
    assert field.message() == "An address starts with rtsp://"
    assert field.edit().property("wrong") is True
    with qtbot.waitSignal(field.validity_changed) as changed:
        qtbot.keyClicks(field.edit(), "/")
    assert changed.args == [True]
    assert field.message() == ""
    assert field.edit().property("wrong") is False


def test_group_is_valid_when_all_are(group, qtbot):
    group.field("name").set_value("Yard")
    with qtbot.waitSignal(group.validity_changed) as changed:
        group.field("url").set_value("rtsp://x")
    assert changed.args == [True]
    assert group.values() == {"name": "Yard", "url": "rtsp://x"}


def test_enter_submits_only_a_valid_group_and_otherwise_shows_what_is_wrong(group, qtbot):
    with qtbot.assertNotEmitted(group.submitted):
        qtbot.keyClick(group.field("url").edit(), Qt.Key.Key_Return)
    assert group.field("name").message() == "A camera needs a name."
    group.field("name").set_value("Yard")
    group.field("url").set_value("rtsp://x")
    with qtbot.waitSignal(group.submitted):
        qtbot.keyClick(group.field("name").edit(), Qt.Key.Key_Return)


def test_error_from_elsewhere_stays_until_the_text_changes(group, qtbot):
    group.field("name").set_value("Yard")
    group.field("url").set_value("rtsp://x")
    assert group.show_error("url", "The camera does not answer.")
    assert not group.is_valid()
    assert group.field("url").message() == "The camera does not answer."
    qtbot.keyClicks(group.field("url").edit(), "y")
    assert group.is_valid()
    assert not group.show_error("unknown", "x")


def test_field_that_depends_on_another_is_checked_again(qtbot):
    first = PasswordField("Password")
    second = PasswordField("Repeat", lambda text: "" if text == first.value() else "The passwords differ.")
    for field in (first, second):
        qtbot.addWidget(field)
    first.changed.connect(lambda _: second.revalidate())
    qtbot.keyClicks(second.edit(), "abc")
    assert second.message() == "The passwords differ."
    qtbot.keyClicks(first.edit(), "abc")
    assert second.message() == ""
    assert second.is_valid()


def test_password_is_hidden_until_asked_for_and_again_when_cleared(qtbot):
    field = PasswordField("Password")
    qtbot.addWidget(field)
    qtbot.keyClicks(field.edit(), "secret")
    assert field.edit().echoMode() is QLineEdit.EchoMode.Password
    field._eye.trigger()
    assert field.edit().echoMode() is QLineEdit.EchoMode.Normal
    field.edit().clear()
    assert field.edit().echoMode() is QLineEdit.EchoMode.Password


def test_screen_readers_get_label_and_message(group, qtbot):
    edit = group.field("url").edit()
    qtbot.keyClicks(edit, "x")
    assert edit.accessibleName() == "Address"
    assert edit.accessibleDescription() == "An address starts with rtsp://"
