import datetime
from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.rings import Rings
from ...models.sort import Sort
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    sort: Sort | Unset = UNSET,
    all_: bool | Unset = False,
    min_score: float | Unset = UNSET,
    lender: str | Unset = UNSET,
    tied_by: str | Unset = UNSET,
    born_since: datetime.datetime | Unset = UNSET,
    name: str | Unset = UNSET,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_timeout_ms, Unset):
        headers["X-Request-Timeout-Ms"] = str(x_request_timeout_ms)

    params: dict[str, Any] = {}

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    params["all"] = all_

    params["min_score"] = min_score

    params["lender"] = lender

    params["tied_by"] = tied_by

    json_born_since: str | Unset = UNSET
    if not isinstance(born_since, Unset):
        json_born_since = born_since.isoformat()
    params["born_since"] = json_born_since

    params["name"] = name

    params["limit"] = limit

    params["after"] = after

    json_as_of: str | Unset = UNSET
    if not isinstance(as_of, Unset):
        json_as_of = as_of.isoformat()
    params["as_of"] = json_as_of

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/rings",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | Rings | None:
    if response.status_code == 200:
        response_200 = Rings.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | Problem | Rings]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    sort: Sort | Unset = UNSET,
    all_: bool | Unset = False,
    min_score: float | Unset = UNSET,
    lender: str | Unset = UNSET,
    tied_by: str | Unset = UNSET,
    born_since: datetime.datetime | Unset = UNSET,
    name: str | Unset = UNSET,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Any | Problem | Rings]:
    """The rings, page by page

     The rings of the last run that was known at `as_of`.

    Args:
        sort (Sort | Unset): What a list of rings begins with.
        all_ (bool | Unset): Also groups whose score is too low to call them rings. Default:
            False.
        min_score (float | Unset):
        lender (str | Unset): A member asks this lender for money.
        tied_by (str | Unset): An identifier of this type ties members.
        born_since (datetime.datetime | Unset): First found by a run known from then or later.
        name (str | Unset): The name holds this text.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | Rings]
    """

    kwargs = _get_kwargs(
        sort=sort,
        all_=all_,
        min_score=min_score,
        lender=lender,
        tied_by=tied_by,
        born_since=born_since,
        name=name,
        limit=limit,
        after=after,
        as_of=as_of,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    sort: Sort | Unset = UNSET,
    all_: bool | Unset = False,
    min_score: float | Unset = UNSET,
    lender: str | Unset = UNSET,
    tied_by: str | Unset = UNSET,
    born_since: datetime.datetime | Unset = UNSET,
    name: str | Unset = UNSET,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Any | Problem | Rings | None:
    """The rings, page by page

     The rings of the last run that was known at `as_of`.

    Args:
        sort (Sort | Unset): What a list of rings begins with.
        all_ (bool | Unset): Also groups whose score is too low to call them rings. Default:
            False.
        min_score (float | Unset):
        lender (str | Unset): A member asks this lender for money.
        tied_by (str | Unset): An identifier of this type ties members.
        born_since (datetime.datetime | Unset): First found by a run known from then or later.
        name (str | Unset): The name holds this text.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | Rings
    """

    return sync_detailed(
        client=client,
        sort=sort,
        all_=all_,
        min_score=min_score,
        lender=lender,
        tied_by=tied_by,
        born_since=born_since,
        name=name,
        limit=limit,
        after=after,
        as_of=as_of,
        x_request_timeout_ms=x_request_timeout_ms,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    sort: Sort | Unset = UNSET,
    all_: bool | Unset = False,
    min_score: float | Unset = UNSET,
    lender: str | Unset = UNSET,
    tied_by: str | Unset = UNSET,
    born_since: datetime.datetime | Unset = UNSET,
    name: str | Unset = UNSET,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Any | Problem | Rings]:
    """The rings, page by page

     The rings of the last run that was known at `as_of`.

    Args:
        sort (Sort | Unset): What a list of rings begins with.
        all_ (bool | Unset): Also groups whose score is too low to call them rings. Default:
            False.
        min_score (float | Unset):
        lender (str | Unset): A member asks this lender for money.
        tied_by (str | Unset): An identifier of this type ties members.
        born_since (datetime.datetime | Unset): First found by a run known from then or later.
        name (str | Unset): The name holds this text.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | Rings]
    """

    kwargs = _get_kwargs(
        sort=sort,
        all_=all_,
        min_score=min_score,
        lender=lender,
        tied_by=tied_by,
        born_since=born_since,
        name=name,
        limit=limit,
        after=after,
        as_of=as_of,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    sort: Sort | Unset = UNSET,
    all_: bool | Unset = False,
    min_score: float | Unset = UNSET,
    lender: str | Unset = UNSET,
    tied_by: str | Unset = UNSET,
    born_since: datetime.datetime | Unset = UNSET,
    name: str | Unset = UNSET,
    limit: int | Unset = 50,
    after: str | Unset = UNSET,
    as_of: datetime.datetime | Unset = UNSET,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Any | Problem | Rings | None:
    """The rings, page by page

     The rings of the last run that was known at `as_of`.

    Args:
        sort (Sort | Unset): What a list of rings begins with.
        all_ (bool | Unset): Also groups whose score is too low to call them rings. Default:
            False.
        min_score (float | Unset):
        lender (str | Unset): A member asks this lender for money.
        tied_by (str | Unset): An identifier of this type ties members.
        born_since (datetime.datetime | Unset): First found by a run known from then or later.
        name (str | Unset): The name holds this text.
        limit (int | Unset): Items of a page, at most. Default: 50.
        after (str | Unset): The `next` of the page before; ask for the same as then.
        as_of (datetime.datetime | Unset): See the graph as it was known at this moment (default:
            now); nothing later is in the reply.
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | Rings
    """

    return (
        await asyncio_detailed(
            client=client,
            sort=sort,
            all_=all_,
            min_score=min_score,
            lender=lender,
            tied_by=tied_by,
            born_since=born_since,
            name=name,
            limit=limit,
            after=after,
            as_of=as_of,
            x_request_timeout_ms=x_request_timeout_ms,
        )
    ).parsed
