"""What a form demands of the values that are submitted with it: converted to their types, and checked."""

from baton.forms.checking import convert_submitted
from baton.forms.fields import FormField, FormFieldKind, FormRefused
from baton.forms.form_data import read_form_data
from baton.forms.form_js import read_form_js

__all__ = ["FormField", "FormFieldKind", "FormRefused", "convert_submitted", "read_form_data", "read_form_js"]
