from __future__ import annotations

import pytest
from normalising import meet, reason, run, value


def test_case_width_and_spaces_do_not_tell_mailboxes_apart():
    assert meet("email", "li.lei@qq.com", " Li.Lei@QQ.com ", "ｌｉ.lei＠qq.com", "li.lei@qq。com")


def test_tags_and_dots_of_providers_that_ignore_them_are_undone():
    assert meet("email", "johnsmith@gmail.com", "John.Smith+loan7@googlemail.com", "j.o.h.n.smith@gmail.com")
    assert meet("email", "john@outlook.com", "john+2@outlook.com")


def test_elsewhere_a_tag_or_a_dot_is_another_mailbox():
    assert not meet("email", "li.lei@163.com", "lilei@163.com")
    assert not meet("email", "lilei@firm.cn", "lilei+2@firm.cn")
    assert not meet("email", "john.smith@outlook.com", "johnsmith@outlook.com")


def test_domains_meet_in_ascii():
    assert meet("email", "info@münchen.de", "info@xn--mnchen-3ya.de", "info@MÜNCHEN.de")
    assert run("email", ["x.y@Googlemail.com"]).derived["domain"][0] == "gmail.com"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a@b@firm.cn", "email.local"),
        ("+tag@gmail.com", "email.local"),
        ("...@gmail.com", "email.local"),
        ("li lei@firm.cn", "email.local"),
        (".a@firm.cn", "email.local"),
        ("@firm.cn", "email.local"),
        ("a@firm", "email.domain"),
        ("a@-firm.cn", "email.domain"),
        ("a@1.2.3.4", "email.domain"),
        ("a@firm..cn", "email.domain"),
        ("a@" + "b" * 64 + ".cn", "email.domain"),
        ("a@" + "b." * 130 + "cn", "email.too_long"),
        ("NONE@firm.cn", "email.placeholder"),
        ("someone@example.com", "email.placeholder"),
        ("Test@test.com", "email.placeholder"),
    ],
)
def test_what_no_mail_reaches_is_refused(text, code):
    assert reason("email", text) == code


def test_reserved_top_level_names_stay_for_made_data():
    assert value("email", "u17@lender.example") == "u17@lender.example"


def test_the_mask_keeps_one_letter_of_a_name():
    result = run("email", ["lilei@qq.com", "li@qq.com"])
    assert result.masked.to_list() == ["l***@qq.com", "***@qq.com"]
