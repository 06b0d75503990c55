from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wardround.kernel.ids import new_id


def hospital_language() -> str:
    """What a new account reads until its owner chooses otherwise."""
    return settings.LANGUAGE_CODE


class Account(models.Model):
    """Somebody who may sign in. `user_name` is kept in its normal spelling (`rules`)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    user_name = models.TextField(unique=True)
    password = models.TextField(default="")
    display_name = models.TextField(default="")
    email = models.TextField(default="")
    phone = models.TextField(default="")
    language = models.TextField(default=hospital_language)
    theme = models.TextField(default="system")
    active = models.BooleanField(default=True)
    person_item = models.UUIDField(null=True, unique=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)
    totp_sealed = models.TextField(default="")
    totp_offered = models.TextField(default="")
    totp_last_step = models.BigIntegerField(default=0)

    class Meta:
        db_table = "access_account"

    def __str__(self) -> str:
        return self.display_name or self.user_name


class Role(models.Model):
    """Permissions under a name. Those of a built-in role are computed, its column stays empty; a
    declared one has patterns there, and is changed by its definition alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.TextField(unique=True)
    label_zh = models.TextField(default="")
    label_en = models.TextField(default="")
    permissions = ArrayField(models.TextField(), default=list)
    excluded = ArrayField(models.TextField(), default=list)
    built_in = models.BooleanField(default=False)
    declared = models.BooleanField(default=False)

    class Meta:
        db_table = "access_role"

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """An account has a role within a scope; systems and organisations are plain CMDB ids, and
    `where` is an expression over items, read by the room that has them.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, models.PROTECT, related_name="assignments")
    everything = models.BooleanField(default=False)
    systems = ArrayField(models.UUIDField(), default=list)
    organisations = ArrayField(models.UUIDField(), default=list)
    where = models.TextField(default="")
    where_lost = models.BooleanField(default=False)
    """What it asks for is not what it was when it was given: it reaches nothing until it is said
    anew."""

    class Meta:
        db_table = "access_role_assignment"
        constraints = (
            models.UniqueConstraint(fields=["account", "role"], name="access_role_once"),
        )

    def __str__(self) -> str:
        return f"{self.account_id}: {self.role_id}"


class Token(models.Model):
    """An API token. Its secret has 256 random bits, so a plain SHA-256 keeps it safe."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    name = models.TextField()
    hint = models.TextField()
    key_hash = models.BinaryField(unique=True)
    permissions = ArrayField(models.TextField(), null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_token"
        indexes = (models.Index(fields=["account"], name="access_token_account"),)

    def __str__(self) -> str:
        return f"{self.hint}… {self.name}"


class Session(models.Model):
    """A signed-in browser. A wall screen's session hangs on its token and has no end of its own."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    token = models.ForeignKey(Token, models.CASCADE, null=True, related_name="+")
    key_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    address = models.TextField(default="")
    program = models.TextField(default="")

    class Meta:
        db_table = "access_session"

    def __str__(self) -> str:
        return f"{self.account_id} {self.address}"


class RecoveryCode(models.Model):
    """Opens the second factor once, when the phone is gone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    code_hash = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_recovery_code"

    def __str__(self) -> str:
        return str(self.id)


class FailedSignIns(models.Model):
    """Failures counted for one user name, known or not, or from one address."""

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=[("account", "account"), ("address", "address")])
    subject = models.TextField()
    count = models.IntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_failed_sign_ins"
        constraints = (
            models.UniqueConstraint(fields=["kind", "subject"], name="access_failed_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.count}"


class SavedView(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    page = models.TextField()
    name = models.TextField()
    query = models.TextField(default="")
    shared = models.BooleanField(default=False)

    class Meta:
        db_table = "access_saved_view"
        constraints = (
            models.UniqueConstraint(fields=["account", "page", "name"], name="access_view_once"),
        )

    def __str__(self) -> str:
        return f"{self.page}: {self.name}"
