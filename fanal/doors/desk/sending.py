"""Where what a page sends lies until it is kept: beside the exports, on their disk, readable by the server alone."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class AsideHandler(TemporaryFileUploadHandler):
    """What is too long for the memory goes to the directory of what is sent, made when it is first needed."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        directory = Path(settings.FILE_UPLOAD_TEMP_DIR)
        directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        super().new_file(*args, **kwargs)
