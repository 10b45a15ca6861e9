"""
Row rights in one place: every ORM read of a business row is filtered here for its actor, or refused for want of one.

`domain/access.py` says which customers an actor reaches; this module says the same in SQL and attaches it to each
select. Rows that hang off a customer (contacts, follow-ups, tasks) follow the customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, event, false, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from domain.access import Actor, Scope, customer_scope
from domain.customer import CustomerLink
from domain.policy import PARTNER_SOURCE
from store.base import table_of
from store.models import Approver, Collaborator, Contact, Customer, FollowUp, Registration, Task
from store.models.approvals import Approval

if TYPE_CHECKING:
    from store.transaction import Transaction

SCOPED = (Customer, Contact, FollowUp, Registration, Task)


def install() -> None:
    """
    Make the filter part of every session; safe to call twice.
    """
    if not event.contains(Session, "do_orm_execute", _restrict):
        event.listen(Session, "do_orm_execute", _restrict)
        event.listen(Session, "loaded_as_persistent", _keep)


def _keep(session: Session, row: object) -> None:
    """
    Hold a loaded row for the life of its session, so that asking for it again costs no statement.
    """
    session.info.setdefault("kept", []).append(row)


def _restrict(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    touched = {mapper.class_ for mapper in state.all_mappers} & set(SCOPED)
    if not touched:
        return
    actor = state.execution_options.get("actor")
    if not isinstance(actor, Actor):
        names = ", ".join(sorted(cls.__tablename__ for cls in touched))
        msg = f"store: select on {names} without an actor; use Transaction.scalars(actor, …)"
        raise RuntimeError(msg)  # noqa: TRY004 - a missing actor is a bug, not a wrong argument
    transaction: Transaction = state.session.info["transaction"]
    scope = customer_scope(actor, transaction.policy.pools)
    if scope.everything:
        return
    reached = customer_criteria(scope)
    state.statement = state.statement.options(
        with_loader_criteria(Customer, reached, include_aliases=True),
        with_loader_criteria(Contact, Contact.customer_id.in_(_reached_ids(reached)), include_aliases=True),
        with_loader_criteria(FollowUp, _follow_ups(scope, reached), include_aliases=True),
        with_loader_criteria(Registration, _registrations(scope, reached), include_aliases=True),
        with_loader_criteria(Task, _tasks(scope, reached), include_aliases=True),
    )


def customer_criteria(scope: Scope) -> ColumnElement[bool]:
    """
    `domain.access.can_view` in SQL.
    """
    parts: list[ColumnElement[bool]] = []
    if scope.member_id is not None:
        shared = select(Collaborator.customer_id).where(Collaborator.member_id == scope.member_id)
        registered = and_(Customer.state == "pending", Customer.created_by == scope.member_id)
        parts += [Customer.owner_id == scope.member_id, Customer.id.in_(shared), registered]
    if scope.departments:
        parts.append(Customer.department_id.in_(scope.departments))
    if CustomerLink.PARTNER in scope.links:
        parts.append(Customer.source == PARTNER_SOURCE)
    if scope.pools:
        parts.append(Customer.pool.in_([str(pool) for pool in scope.pools]))
    if scope.department_pools:
        near = or_(Customer.department_id.is_(None), Customer.department_id.in_(scope.pool_departments))
        parts.append(and_(Customer.pool.in_([str(pool) for pool in scope.department_pools]), near))
    return or_(*parts) if parts else false()


def _reached_ids(reached: ColumnElement[bool]) -> Select[int]:
    return select(table_of(Customer).c.id).where(reached)


def _follow_ups(scope: Scope, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(FollowUp.author_id == scope.member_id, FollowUp.customer_id.in_(_reached_ids(reached)))


def _registrations(scope: Scope, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    decides = (
        select(Approval.object_id)
        .join(Approver, Approver.approval_id == Approval.id)
        .where(Approval.object_type == "registration", Approver.member_id == scope.member_id)
    )
    return or_(
        Registration.applicant_id == scope.member_id,
        Registration.id.in_(decides),
        Registration.customer_id.in_(_reached_ids(reached)),
    )


def _tasks(scope: Scope, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(Task.assignee_id == scope.member_id, Task.customer_id.in_(_reached_ids(reached)))
