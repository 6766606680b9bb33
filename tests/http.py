"""A person at a browser without JavaScript, over Flask's test client."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.factories import PASSWORD


class Client(FlaskClient):
    """Flask's, which leaves no file open: neither what it packs an upload into nor what is sent."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        """Send a request, and take the whole answer."""
        answer = super().open(*args, buffered=buffered, **kwargs)
        for each in (answer, *answer.history):
            each.request.environ["wsgi.input"].close()
        return answer


class Browser:
    """Opens pages and sends their forms, hidden fields (and so the forgery token) included."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: TestResponse | None = None

    def get(self, address: str, **kwargs: Any) -> TestResponse:
        """Open a page."""
        self.page = self.client.get(address, **kwargs)
        return self.page

    @property
    def tree(self) -> html.HtmlElement:
        """The present page, parsed."""
        assert self.page is not None
        return html.document_fromstring(self.page.text)

    def token(self, address: str = "/en/login") -> str:
        """A forgery token of this session, from any page with a form."""
        found = html.document_fromstring(self.client.get(address).text).xpath(
            "//input[@name='csrf_token']/@value"
        )
        assert found, f"no form on {address}"
        return str(found[0])

    def post(self, address: str, fields: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Send a form to an address with a valid token."""
        token = self.token("/en/account" if self.signed_in else "/en/login")
        self.page = self.client.post(address, data={"csrf_token": token} | (fields or {}), **kwargs)
        return self.page

    def submit(self, fields: dict[str, Any], *, form: int | str = -1, **kwargs: Any) -> Any:
        """Fill the present page's form (by index among main's forms, or by action) and send it."""
        # Without JavaScript nobody opens a dialog.
        forms = self.tree.xpath("//main//form[not(ancestor::dialog)]")
        chosen = (
            forms[form]
            if isinstance(form, int)
            else next(item for item in forms if form in (item.get("action") or ""))
        )
        assert self.page is not None
        # A browser drops the line break that HTML puts behind a textarea's tag.
        values = {name: value.removeprefix("\n") for name, value in chosen.form_values()}
        address = chosen.get("action") or self.page.request.path
        self.page = self.client.post(address, data=values | fields, **kwargs)
        return self.page

    signed_in = False

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Through the sign-in page."""
        token = self.token()
        answer = self.client.post(
            "/en/login", data={"csrf_token": token, "email": email, "password": password}
        )
        assert answer.status_code == 302, answer.text
        self.signed_in = True


#: Opens a browser: of the person with that address, or of a visitor.
Open = Callable[..., Browser]
