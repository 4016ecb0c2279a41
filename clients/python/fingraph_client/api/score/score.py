from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.score_asked import ScoreAsked
from ...models.scored import Scored
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ScoreAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_timeout_ms, Unset):
        headers["X-Request-Timeout-Ms"] = str(x_request_timeout_ms)

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/score",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | Scored | None:
    if response.status_code == 200:
        response_200 = Scored.from_dict(response.json())

        return response_200

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

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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
) -> Response[Problem | Scored]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: ScoreAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Problem | Scored]:
    """Decide about an application

     Asked again with the same content, the first decision is answered; with other content 409. Time out
    after some
    seconds and ask again: whatever happened, there is one decision. With `dry_run`, and whatever a key
    of the scope
    `sandbox` asks, nothing is written and nothing is kept.

    Args:
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (ScoreAsked): An application, and what is asked about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Scored]
    """

    kwargs = _get_kwargs(
        body=body,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: ScoreAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Problem | Scored | None:
    """Decide about an application

     Asked again with the same content, the first decision is answered; with other content 409. Time out
    after some
    seconds and ask again: whatever happened, there is one decision. With `dry_run`, and whatever a key
    of the scope
    `sandbox` asks, nothing is written and nothing is kept.

    Args:
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (ScoreAsked): An application, and what is asked about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Scored
    """

    return sync_detailed(
        client=client,
        body=body,
        x_request_timeout_ms=x_request_timeout_ms,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ScoreAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Response[Problem | Scored]:
    """Decide about an application

     Asked again with the same content, the first decision is answered; with other content 409. Time out
    after some
    seconds and ask again: whatever happened, there is one decision. With `dry_run`, and whatever a key
    of the scope
    `sandbox` asks, nothing is written and nothing is kept.

    Args:
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (ScoreAsked): An application, and what is asked about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Scored]
    """

    kwargs = _get_kwargs(
        body=body,
        x_request_timeout_ms=x_request_timeout_ms,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: ScoreAsked,
    x_request_timeout_ms: int | Unset = UNSET,
) -> Problem | Scored | None:
    """Decide about an application

     Asked again with the same content, the first decision is answered; with other content 409. Time out
    after some
    seconds and ask again: whatever happened, there is one decision. With `dry_run`, and whatever a key
    of the scope
    `sandbox` asks, nothing is written and nothing is kept.

    Args:
        x_request_timeout_ms (int | Unset): How long the caller will wait, in milliseconds
            (default 30,000). The database is told.
        body (ScoreAsked): An application, and what is asked about it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Scored
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_request_timeout_ms=x_request_timeout_ms,
        )
    ).parsed
