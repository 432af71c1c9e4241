"""People, groups and tokens in the admin pages."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from accounts.models import ApiToken, Group, Membership, User
from common.admin import HTTPS


class MembershipInline(admin.TabularInline):
    """The groups of a user, or the members of a group."""

    model = Membership
    extra = 1
    autocomplete_fields = ["user", "group"]


@admin.register(User)
class RegistryUserAdmin(UserAdmin):
    """Users with ORCID and groups."""

    inlines = [MembershipInline]
    fieldsets = (*UserAdmin.fieldsets, ("Registry", {"fields": ("orcid", "primary_group")}))
    list_display = (
        "username",
        "first_name",
        "last_name",
        "orcid",
        "primary_group",
        "is_active",
        "is_superuser",
    )


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    """Groups with their members."""

    formfield_overrides = HTTPS

    inlines = [MembershipInline]
    search_fields = ["name"]
    list_display = ("name", "url")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who is in which group."""

    list_display = ("user", "group", "role")
    list_filter = ("role", "group")
    autocomplete_fields = ["user", "group"]


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Tokens: to look at and to revoke; keys are made by 'manage.py addtoken' or by their users."""

    list_display = ("name", "start", "user", "created", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("revoked_at",)
    readonly_fields = ("user", "start", "created", "last_used_at")

    def has_add_permission(self, request: object) -> bool:
        """A key could not be shown here."""
        return False
