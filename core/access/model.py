"""Tables of accounts, roles and permissions.

On PostgreSQL the account is a login role of the server and `password_hash` stays empty; the tables
say who it is and what it may do.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.access.server import FUNCTIONS
from db.base import Base, Versioned
from db.types import UtcDateTime, intpk

#: Whoever changes these tables must hold it, on PostgreSQL checked by the server.
MANAGE = "access.manage"


class Account(Versioned, Base):
    """A person's account; closed, never deleted.

    Attributes:
        login: short name, also the login role on PostgreSQL.
        name: the person's name as on papers.
        password_hash: argon2id, SQLite only.
        failed: wrong passwords in a row.
        locked_until: no attempt is looked at before.
    """

    __tablename__ = "account"
    __table_args__ = (
        {
            "info": {
                "audited": True,
                "secret": ["password_hash"],
                "unaudited": ["failed", "locked_until"],
                "no_delete": True,
                "frozen": ["login"],
                "guard": MANAGE,
                "functions": FUNCTIONS,
            }
        },
    )

    id: Mapped[intpk]
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Role(Versioned, Base):
    """A named set of permissions. `builtin` roles came with the program; they can be changed."""

    __tablename__ = "role"
    __table_args__ = ({"info": {"audited": True, "guard": MANAGE}},)

    id: Mapped[intpk]
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    builtin: Mapped[bool] = mapped_column(default=False)


class RolePermission(Base):
    """A permission a role gives."""

    __tablename__ = "role_permission"
    __table_args__ = ({"info": {"audited": True, "guard": MANAGE, "root": ("role", "role_id")}},)

    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(ForeignKey("permission.key"), primary_key=True)


class AccountRole(Base):
    """A role an account holds."""

    __tablename__ = "account_role"
    __table_args__ = (
        {"info": {"audited": True, "guard": MANAGE, "root": ("account", "account_id")}},
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True, index=True)


class PermissionKey(Base):
    """The permissions this database has heard of: a new one gets its default roles once."""

    __tablename__ = "permission"
    __table_args__ = ({"info": {"guard": MANAGE}},)

    key: Mapped[str] = mapped_column(primary_key=True)
