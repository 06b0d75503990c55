from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from wardround.web.api import api
from wardround.web.errors import NoSuchAddress
from wardround.web.problems import problem

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls)]


def handler404(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer an address that no route has as a problem, like everything else."""
    return problem(NoSuchAddress())
