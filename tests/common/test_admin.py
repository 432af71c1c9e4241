"""Every model can be looked at, and where it makes sense changed, in the admin pages."""

import pytest
from django.apps import apps
from django.contrib import admin as pages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import a_run

OURS = ("accounts", "common", "data_management", "workflows")
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]


@pytest.fixture
def browser(admin: User) -> Client:
    """The administrator's."""
    client = Client()
    client.force_login(admin)
    return client


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_in_the_admin(browser: Client, model: type) -> None:
    assert model in pages.site._registry
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"  # type: ignore[attr-defined]
    assert browser.get(reverse(f"{name}_changelist")).status_code == 200
    assert browser.get(reverse(f"{name}_changelist") + "?q=x").status_code in (200, 302)
    may_add = pages.site._registry[model].has_add_permission(_request_of(browser))
    assert browser.get(reverse(f"{name}_add")).status_code == (200 if may_add else 403)


def test_a_record_can_be_opened_in_the_admin(browser: Client, ada: User) -> None:
    run = a_run(ada)
    address = reverse("admin:workflows_workflowrun_change", args=[run.pk])
    assert browser.get(address).status_code == 200


def test_only_staff_gets_in(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert client.get(reverse("admin:index")).status_code == 302


def _request_of(browser: Client) -> object:
    return browser.get(reverse("admin:index")).wsgi_request
