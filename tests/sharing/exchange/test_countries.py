"""What people write for a country means one country or none."""

import time

import pycountry
import pytest

from sharing.exchange.countries import _EVERYDAY, Unknown, _key, country_code, province_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("VN", "VN"),
        ("vn", "VN"),
        ("VNM", "VN"),
        ("VIETNAM", "VN"),
        ("Vietnam", "VN"),
        ("Việt Nam", "VN"),
        ("VIỆT NAM", "VN"),
        ("Viet-Nam", "VN"),
        ("Socialist Republic of Viet Nam", "VN"),
        ("UAE", "AE"),
        ("U.A.E.", "AE"),
        ("United Arab Emirates", "AE"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("UK", "GB"),
        ("South Korea", "KR"),
        ("Republic of Korea", "KR"),
        ("Hàn Quốc", "KR"),
        ("Trung Quốc", "CN"),
        ("CHINA", "CN"),
        ("Taiwan", "TW"),
        ("Đài Loan", "TW"),
        ("Bolivia", "BO"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Czech Republic", "CZ"),
        ("Cote d'Ivoire", "CI"),
        ("Russia", "RU"),
        ("Syria", "SY"),
        ("Nhật Bản", "JP"),
        ("  Sri   Lanka ", "LK"),
        ("MY", "MY"),
        ("Hong Kong", "HK"),
        ("DR Congo", "CD"),
        ("Congo", "CG"),
        ("Mỹ", "US"),
        ("Ý", "IT"),
        ("NGA", "NG"),
        ("Liên bang Nga", "RU"),
        ("Thụy Điển", "SE"),
    ],
)
def test_a_country_is_read_however_it_is_spelled(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["Korea", "Mỹ Tho", "Nga", "nga", "My", "Atlantis", "", "???", "x" * 5000, "704"])
def test_an_ambiguous_or_unknown_country_is_not_guessed(text: str) -> None:
    assert isinstance(country_code(text), Unknown)


@pytest.mark.parametrize(
    ("text", "meant"), [("Vietnma", "Vietnam (VN)"), ("Bangladsh", "Bangladesh (BD)"), ("Camboda", "Cambodia (KH)")]
)
def test_a_slip_is_answered_with_the_nearest_country(text: str, meant: str) -> None:
    assert country_code(text) == Unknown(suggestion=meant)


def test_something_like_no_country_gets_no_suggestion() -> None:
    assert country_code("Qwxyz") == Unknown(suggestion=None)


def test_every_iso_name_and_code_means_its_own_country() -> None:
    for country in pycountry.countries:
        spelled = [country.alpha_2, country.alpha_3, country.name]
        spelled += [name for name in (getattr(country, "official_name", None), getattr(country, "common_name", None)) if name]
        for name in spelled:
            assert country_code(name) == country.alpha_2, name


def test_no_everyday_name_hides_an_iso_spelling_or_another_country() -> None:
    for code, names in _EVERYDAY.items():
        for name in names:
            assert country_code(name) == code, name
            assert _key(name)


def test_many_unknown_countries_are_answered_quickly() -> None:
    started = time.process_time()
    for at in range(2000):
        country_code(f"Vietnamia{at}")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("VN-57", "VN-57"),
        ("vn-57", "VN-57"),
        ("Bình Dương", "VN-57"),
        ("BINH DUONG", "VN-57"),
        ("Tỉnh Bình Dương", "VN-57"),
        ("Binh Duong Province", "VN-57"),
        ("TP. Hồ Chí Minh", "VN-SG"),
        ("TP.HCM", "VN-SG"),
        ("Thành phố Hà Nội", "VN-HN"),
        ("Ho Chi Minh City", "VN-SG"),
        ("Bà Rịa-Vũng Tàu", "VN-43"),
    ],
)
def test_a_province_is_read_however_it_is_spelled(text: str, code: str) -> None:
    assert province_code(text, "VN") == code


def test_a_province_of_another_country_or_of_none_is_not_guessed() -> None:
    assert isinstance(province_code("Bình Dương", "CN"), Unknown)
    assert isinstance(province_code("VN-57", "CN"), Unknown)
    assert isinstance(province_code("VN-99", "VN"), Unknown)
    assert isinstance(province_code("Bình Dương", "ZZ"), Unknown)
    assert province_code("Binh Duog", "VN") == Unknown(suggestion="Bình Dương (VN-57)")
