"""Static files that were packed when they were made go so to browsers that unpack them."""

import os
from mimetypes import guess_type
from typing import cast

from flask import Flask, Response, request
from werkzeug.security import safe_join


class PackedStatic(Flask):
    """Flask that sends ``name.gz``, where there is one, in place of the static file ``name``."""

    def send_static_file(self, filename: str) -> Response:
        """The file, in the form this browser takes. Raises NotFound for one that there is not."""
        packed = f"{filename}.gz"
        path = safe_join(cast(str, self.static_folder), packed)
        if path is None or not os.path.isfile(path):
            return super().send_static_file(filename)
        if request.accept_encodings.quality("gzip") > 0:
            response = super().send_static_file(packed)
            response.headers["Content-Encoding"] = "gzip"
            response.mimetype = guess_type(filename)[0] or "application/octet-stream"
        else:
            response = super().send_static_file(filename)
        response.vary.add("Accept-Encoding")
        return response
