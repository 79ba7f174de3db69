"""The two steps of an import."""

from tracker.rules.text import SENTENCE_LENGTH
from tracker.web.forms.base import Form
from tracker.web.forms.fields import CarriedField, LongTextField

WHY = "Needed where the wording of a published ask or of its tests changes. The public will read it."


class UploadForm(Form):
    """The files are read from the request, and never kept in a form."""

    reason = LongTextField("Why", description=WHY, render_kw={"maxlength": SENTENCE_LENGTH, "rows": 2})


class BringForm(Form):
    """What the person saw: the fingerprint of the plan."""

    seen = CarriedField()
