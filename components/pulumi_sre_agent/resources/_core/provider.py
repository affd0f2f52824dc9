"""The front end that Pulumi's Python SDK offers: dynamic providers, a thin adapter over each kind's life.

Providers are pickled into state, so they are module-level classes that pickle as a bare reference: their
import paths never move. All else that they need comes from `configure`, in the provider process.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pulumi import Output, ResourceOptions, dynamic

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.secrets import mask_secrets
from pulumi_sre_agent.schema.annotations import SensitiveField
from pulumi_sre_agent.schema.normalization import is_unknown, member_field
from pulumi_sre_agent.schema.plain_secrets import warn_of_plain_secrets
from pulumi_sre_agent.schema.secrecy import guard_secrets
from pulumi_sre_agent.schema.validation import ValidationError

from .claims import CLAIMS
from .dependents import DEPENDENTS
from .failures import check_failure, one_sentence_errors
from .item_crud import ItemCrud
from .model import ItemModel, Model, StackDefaults
from .notes import say_notes_once
from .program_names import claim_name
from .secret_inputs import (
    SECRET_INPUTS,
    mark_secrets,
    may_hold_secrets,
    seal,
    secret_inputs,
    secret_texts,
)
from .step_status import listen
from .tracked_crud import TrackedCrud, inputs_from_arm_id

if TYPE_CHECKING:
    from pulumi_sre_agent.api.client import Client
    from pulumi_sre_agent.api.settings import Settings

log = logging.getLogger(__name__)


class Crud(Protocol):
    """What a front end needs of a kind."""

    def __init__(self, model: Any, connect: Callable[[], "Client"], /) -> None: ...
    def ids(self, inputs: Mapping[str, Any], /) -> list[str]:
        """Return what inputs stand for in Azure, as ids of which no two resources may have the same."""
        ...

    def create(self, inputs: Json) -> tuple[str, Json]: ...
    def read(self, id_: str, outputs: Mapping[str, Any], /) -> tuple[Json, Json] | None: ...
    def update(self, id_: str, outputs: Mapping[str, Any], inputs: Json, /) -> Json: ...
    def delete(self, id_: str, outputs: Mapping[str, Any], /) -> None: ...


class KindProvider(dynamic.ResourceProvider):
    """What the providers of all kinds do alike; a subclass names its model, and the CRUD that it needs."""

    serialize_as_secret_always = False
    model: ClassVar[Model]
    crud_type: ClassVar[type[Crud]]
    identity: tuple[str, ...] = ()
    """The arguments that no two resources of a program may have in common; empty where they may.

    Where they may, a replacement deletes last, once every other resource has been compared: what this one
    gives up may be what another stands for, and a run that ended in between would have taken it away.
    """
    traceback = False
    _config: dynamic.Config | None = None

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Keep the stack's config at hand, and silence Python's tracebacks unless `sre:traceback` is true."""
        say_notes_once()
        listen()
        self._config = req.config
        self.traceback = req.config.get("sre:traceback") == "true"
        if not self.traceback:
            sys.tracebacklimit = 0

    @one_sentence_errors
    def check(self, olds: Json, news: Json) -> dynamic.CheckResult:
        inputs, errors = self.model.check(olds, news, self._defaults())
        secret = news.get(SECRET_INPUTS) or []
        masked = [ValidationError(path, mask_secrets(why, self.secrets([news]))) for path, why in errors]
        failures = [check_failure(self.model.root, inputs, error, secret) for error in masked]
        return dynamic.CheckResult(inputs | _secret_inputs(news), failures)

    @one_sentence_errors
    def diff(self, id_: str, olds: Json, news: Json) -> dynamic.DiffResult:
        old = self.inputs_from_id(id_) | self.model.inputs_from_outputs(olds)
        new = self.inputs_from_id(id_) | self.model.inputs(news)
        changed = self.model.changed_fields(old, new)
        replaces = self.model.replaces(changed, old, new)
        if replaces:
            CLAIMS.release([id_, *self.ids(old)])
        elif not CLAIMS.claim([id_, *self.claimed_ids(new)]):
            return dynamic.DiffResult(changes=True)  # another resource's replacement has deleted it
        else:
            self.note_references(id_, new)
        if not changed:
            return dynamic.DiffResult(changes=False)
        is_same = {id_.lower() for id_ in self.ids(old)} == {id_.lower() for id_ in self.ids(new)}
        return dynamic.DiffResult(replaces=replaces, delete_before_replace=bool(self.identity) or is_same)

    @one_sentence_errors
    def create(self, props: Json) -> dynamic.CreateResult:
        inputs, crud = self.model.inputs(props), self.crud()
        with CLAIMS.creating([*crud.ids(inputs), *self.claimed_ids(inputs)]):
            id_, outputs = crud.create(inputs)
            CLAIMS.note([id_])
        self.note_references(id_, inputs)
        return dynamic.CreateResult(id_, self._sealed(outputs, props))

    @one_sentence_errors
    def read(self, id_: str, props: Json) -> dynamic.ReadResult:
        state = self.crud().read(id_, props)
        if state is None:
            return dynamic.ReadResult("", {})
        inputs, outputs = (self._sealed(each, props) for each in state)
        return dynamic.ReadResult(id_, outputs, inputs)

    @one_sentence_errors
    def update(self, id_: str, olds: Json, news: Json) -> dynamic.UpdateResult:
        inputs, crud = self.model.inputs(news), self.crud()
        with CLAIMS.updating([id_, *self.claimed_ids(self.inputs_from_id(id_) | inputs)]):
            return dynamic.UpdateResult(self._sealed(crud.update(id_, olds, inputs), news))

    @one_sentence_errors
    def delete(self, id_: str, props: Json) -> None:
        crud, inputs = self.crud(), self.inputs_from_id(id_) | self.model.inputs_from_outputs(props)
        if CLAIMS.without_claimed({id_: id_}) and not CLAIMS.is_released([id_]):
            self.refuse_delete(id_)
        if not CLAIMS.delete([id_, *self.ids(inputs)], lambda: crud.delete(id_, props)):
            log.info("%s stays: another resource of this run stands for it.", id_)

    def secrets(self, bags: Iterable[Any]) -> set[str]:
        """Return the secrets among what the engine hands over."""
        return secret_texts(self.model.root, *(bag for bag in bags if isinstance(bag, Mapping)))

    def _sealed(self, answer: Json, props: Json) -> Json:
        """Return what the state is to have: nothing in plain that repeats a secret of these properties."""
        return {**seal(answer, props, self.secrets([props])), **_secret_inputs(props)}

    def ids(self, inputs: Json) -> list[str]:
        """Return what inputs stand for; nothing where that is not known yet, or not any more."""
        if any(is_unknown(inputs.get(name)) for name in self.named_by):
            return []
        try:
            return self.crud().ids(inputs)
        except KeyError:
            return []

    @property
    def named_by(self) -> tuple[str, ...]:
        """The arguments that say what in Azure a resource stands for."""
        return self.identity

    def note_references(self, id_: str, inputs: Json) -> None:
        """Note which other items a resource of this run names."""

    def refuse_delete(self, id_: str) -> None:
        """Raise an error where the program still has something that names what it no longer has."""

    def claimed_ids(self, inputs: Json) -> list[str]:
        """Return also what else in Azure is held by a resource with these inputs."""
        return self.ids(inputs)

    def crud(self) -> Crud:
        """Return the kind's CRUD, connected to Azure as the stack says."""
        return self.crud_type(self.model, self.client)

    def inputs_from_id(self, _id: str) -> Json:
        """Return the inputs that follow from the id where the program does not repeat them."""
        return {}

    def client(self) -> "Client":
        """Return the process's one connection, which loads and sends nothing before it is used."""
        from pulumi_sre_agent.api.client import connect  # noqa: PLC0415 - programs only declare resources

        return connect(self._settings)

    @cached_property
    def _settings(self) -> "Settings":
        from pulumi_sre_agent.api.settings import Settings  # noqa: PLC0415 - as above

        return Settings.load(self._config_value, os.environ)

    def _defaults(self) -> StackDefaults:
        return StackDefaults(
            plane=self._settings.plane,
            subscription_id=self._settings.subscription_id,
            location=self._config_value("azure-native:location"),
        )

    def _config_value(self, key: str) -> str | None:
        return self._config.get(key) if self._config else None


class ItemProvider(KindProvider):
    """Provider of a kind that lives under an agent."""

    model: ClassVar[ItemModel]
    crud_type: ClassVar[type[ItemCrud]] = ItemCrud

    @property
    def identity(self) -> tuple[str, ...]:  # type: ignore[override] # follows from kind and CRUD
        return (self.crud_type.parent, *([self.model.key] if self.model.key else []))

    def check(self, olds: Json, news: Json) -> dynamic.CheckResult:
        result = super().check(olds, news)
        if not any(is_unknown(result.inputs.get(name)) for name in self.identity):
            DEPENDENTS.declare(self.ids(result.inputs))
        return result

    def note_references(self, id_: str, inputs: Json) -> None:
        DEPENDENTS.note(self.model, id_, inputs)

    def refuse_delete(self, id_: str) -> None:
        DEPENDENTS.refuse(self.model, id_)


class TrackedProvider(KindProvider):
    """Provider of a kind that lies in a resource group."""

    crud_type: ClassVar[type[TrackedCrud]]
    identity = ("subscription_id", "resource_group_name", "name")

    def inputs_from_id(self, id_: str) -> Json:
        return inputs_from_arm_id(id_, self.crud_type.segment)


class Resource(dynamic.Resource):
    """What the resource classes of all kinds do alike; a subclass names its provider and its arguments' type.

    Its name is the last part of the engine's type, `pulumi-python:dynamic/sre:Skill`: it never changes.
    """

    provider: ClassVar[type[KindProvider]]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Output[Any]:
            """Every input is an output of the same name; they are written down in the arguments alone."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__(module="sre", name=cls.__name__)

    def __init__(self, resource_name: str, args: Mapping[str, Any], opts: ResourceOptions | None) -> None:
        provider = self.provider()
        fields = provider.model.fields
        outputs = dict.fromkeys(name for name in get_annotations(type(self)) if name not in fields)
        inputs = {}
        for name, value in args.items():
            field = member_field(provider.model.root, name)
            if may_hold_secrets(field):
                warn_of_plain_secrets(name, value)
            inputs[name] = guard_secrets(mark_secrets(field, value))
        secrets = [name for name, field in fields.items() if field.has(SensitiveField)]
        always = ResourceOptions(
            additional_secret_outputs=secrets or None, delete_before_replace=bool(provider.identity) or None
        )
        opts = ResourceOptions.merge(always, opts)
        inputs |= {SECRET_INPUTS: secret_inputs(provider.model.root, inputs)}
        if provider.identity:
            inputs |= claim_name(provider.model.title, resource_name, inputs, provider.identity)
        super().__init__(provider, resource_name, {**outputs, **inputs}, opts)


def _secret_inputs(props: Mapping[str, Any]) -> Json:
    return {SECRET_INPUTS: props[SECRET_INPUTS]} if SECRET_INPUTS in props else {}
