"""The desk for a WSGI server: `gunicorn fanal.doors.desk.wsgi`."""

from django.core.handlers.wsgi import WSGIHandler

from fanal.doors.office import open_office

open_office()
application = WSGIHandler()
