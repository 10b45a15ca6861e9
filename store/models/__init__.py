"""
All mapped classes, so that importing this package completes the metadata.

    people.py      member, department, identity, chat, chat_member, api_token
    customers.py   customer, contact, registration, ownership ledger, collaborator, follow_up, task, lookup
    approvals.py   approval, approver, decision
    delivery.py    inbox, outbox, dialogue, alarm
    directory.py   directory_source, directory_entry, directory_department, departure, link_proposal
    files.py       attachment, media
    login.py       login_session, login_link, spent_state, local_account, setup_link, guess_count
    operations.py  audit, job_run, reminder, setting, shared tokens and rate buckets, meta
"""

from store.models.approvals import Approval, ApprovalDecision, Approver
from store.models.customers import (
    Collaborator,
    Contact,
    Customer,
    FollowUp,
    JoinRequest,
    Lookup,
    OwnershipEntry,
    Registration,
    RegistrationDraft,
    Task,
)
from store.models.delivery import Alarm, DialogueState, InboxEvent, OutboxMessage
from store.models.directory import Departure, DirectoryDepartment, DirectoryEntry, DirectorySource, LinkProposal
from store.models.files import MediaContent, WaitingAttachment
from store.models.login import GuessCount, LocalAccount, LoginLink, LoginSession, SetupLink, SpentState
from store.models.operations import AuditEntry, JobRun, Meta, RateBucket, Reminder, Setting, SharedToken
from store.models.people import ApiToken, Chat, ChatMember, Department, Identity, Member

__all__ = [
    "Alarm",
    "ApiToken",
    "Approval",
    "ApprovalDecision",
    "Approver",
    "AuditEntry",
    "Chat",
    "ChatMember",
    "Collaborator",
    "Contact",
    "Customer",
    "Department",
    "Departure",
    "DialogueState",
    "DirectoryDepartment",
    "DirectoryEntry",
    "DirectorySource",
    "FollowUp",
    "GuessCount",
    "Identity",
    "InboxEvent",
    "JobRun",
    "JoinRequest",
    "LinkProposal",
    "LocalAccount",
    "LoginLink",
    "LoginSession",
    "Lookup",
    "MediaContent",
    "Member",
    "Meta",
    "OutboxMessage",
    "OwnershipEntry",
    "RateBucket",
    "Registration",
    "RegistrationDraft",
    "Reminder",
    "Setting",
    "SetupLink",
    "SharedToken",
    "SpentState",
    "Task",
    "WaitingAttachment",
]
