"""Name and password of a new account, checked as they are typed. The password is typed once and can be shown."""

from engine.model.accounts.access import PASSWORD_MIN_LENGTH, password_trouble
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field, FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.translation import tr


def add_account_fields(group: FieldGroup, name_label: str) -> None:
    """Adds the fields `name` and `password`; the password's rules look at the name too."""
    name = group.add_field("name", Field(name_label, _name_trouble))
    rules = tr("At least {0} characters, without the account name.").format(PASSWORD_MIN_LENGTH)
    password = group.add_field(
        "password", PasswordField(tr("Password"), lambda text: translate_engine_text(password_trouble(name.value(), text)), rules)
    )
    name.changed.connect(password.revalidate)


def _name_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter an account name.")
    if len(text.strip()) > 64:
        return tr("Use at most 64 characters.")
    return ""
