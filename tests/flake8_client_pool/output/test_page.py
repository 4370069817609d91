"""The HTML report, in a real browser: it loads nothing, shows a repository's words as words, filters and sorts."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="there is no Chromium here to look at the page with: apt-get install chromium chromium-driver",
)

_WITHOUT_MOTION = ("--force-prefers-reduced-motion", "--window-size=1280,1000")
HOSTILE = '</script><script>document.title="stolen"</script><img src="https://example.com/spy">'
FRAME = '<iframe src="https://example.com/frame"></iframe>'
CONFIGURATION = """\
[tool.client-pool]
phase = 1

[[tool.client-pool.phases]]
name = '<b>"shops"</b>'
paths = ["shops"]
due = 2026-06-30

[[tool.client-pool.phases]]
name = "jobs"
paths = ["jobs"]
"""
BIGQUERY = "from google.cloud import bigquery\n\nclient = bigquery.Client(project='shop')\n"
STORAGE = "from google.cloud import storage\n\nbucket = storage.Client(**settings)\n"
POOLED = "from shared_clients import get_storage_client\n\nbucket = get_storage_client()\n"
FILES = {
    "pyproject.toml": CONFIGURATION,
    "shops/one.py": BIGQUERY,
    "shops/<script>alert(1)<.py": BIGQUERY + "again = bigquery.Client()\n",
    "jobs/copy.py": STORAGE,
    "jobs/done.py": POOLED,
    "tests/test_jobs.py": STORAGE,
    "jobs/deep/text.py": "from google.cloud import storage\n\n\ndef alert():\n    return storage.Client('</pre><p>')\n",
}
DAYS = ("2026-01-05", "2026-02-02", "2026-03-30")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a repository that means harm."""
    shop = tmp_path_factory.mktemp("shop")
    for place, paths in enumerate((list(FILES), ["shops/two.py"], [])):
        for path in paths:
            file = shop / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(FILES.get(path, BIGQUERY))
        if not paths:
            (shop / "shops" / "two.py").unlink()
        commit(shop, DAYS[place], HOSTILE if place else "begin")
    target = tmp_path_factory.mktemp("out") / "page.html"
    command = [sys.executable, "-m", "flake8_client_pool", "report", ".", "--format=html", "--output", str(target)]
    done = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return target


def commit(shop: Path, day: str, subject: str) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    somebody = ("-c", "user.name=Some", "-c", "user.email=s@example.com")
    for arguments in (("init", "--quiet"), ("add", "--all"), (*somebody, "commit", "--quiet", "--message", subject)):
        subprocess.run(["git", *arguments], cwd=shop, env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *_WITHOUT_MOTION):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options, Service(DRIVER))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome, page: Path) -> webdriver.Chrome:
    """Open the page afresh in a wide window."""
    chromium.get_log("performance")
    chromium.get_log("browser")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.get(page.as_uri())
    return chromium


def shown(browser: webdriver.Chrome, table: str) -> list[str]:
    """Give the texts of the rows that can be seen."""
    rows = browser.find_elements(By.CSS_SELECTOR, f"#{table} tbody tr")
    return [row.text for row in rows if row.is_displayed()]


def said(browser: webdriver.Chrome, selector: str) -> str:
    return browser.find_element(By.CSS_SELECTOR, selector).text


def test_it_loads_without_a_fault_and_without_a_request(browser: webdriver.Chrome, page: Path) -> None:
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"}
    assert asked <= {page.as_uri(), "data:,"}
    assert page.as_uri() in asked
    assert browser.get_log("browser") == []


def test_what_a_repository_says_is_shown_and_never_run(browser: webdriver.Chrome) -> None:
    assert browser.title.endswith(": clients from the pool")
    assert browser.find_elements(By.CSS_SELECTOR, "img, iframe, object, main script, svg script") == []
    assert any("<script>alert(1)<.py" in row for row in shown(browser, "findings-table"))
    assert HOSTILE in said(browser, "#commits-table")
    assert '<b>"shops"</b>' in said(browser, "#phases-table")
    assert '1 <b>"shops"</b> due' in said(browser, ".drawing.wide svg")


def test_the_policy_stops_a_script_that_gets_in_all_the_same(browser: webdriver.Chrome, page: Path) -> None:
    injected = page.with_name("injected.html")
    injected.write_text(page.read_text().replace("</main>", f"{HOSTILE}{FRAME}</main>"))
    browser.get(injected.as_uri())
    assert browser.title != "stolen"
    refused = " ".join(entry["message"] for entry in browser.get_log("browser"))
    assert "script-src" in refused
    assert "img-src" in refused
    assert "default-src" in refused


def test_findings_are_chosen_by_words_and_by_lists(browser: webdriver.Chrome) -> None:
    everything = shown(browser, "findings-table")
    assert len(everything) == 6
    search = browser.find_element(By.CSS_SELECTOR, "#findings .finder input")
    search.send_keys("SHOPS one")
    assert [row.splitlines()[0] for row in shown(browser, "findings-table")] == ["shops/one.py:3"]
    assert said(browser, "#findings output") == "1 of 6 findings"
    search.clear()
    search.send_keys(Keys.SPACE)
    Select(browser.find_element(By.CSS_SELECTOR, "select[data-key=part]")).select_by_value("tests")
    assert [row.splitlines()[0] for row in shown(browser, "findings-table")] == ["tests/test_jobs.py:3"]
    Select(browser.find_element(By.CSS_SELECTOR, "select[data-key=fix]")).select_by_value("safe")
    assert shown(browser, "findings-table") == []


def test_each_finding_has_its_line_and_what_the_fix_would_write(browser: webdriver.Chrome) -> None:
    row = next(row for row in shown(browser, "findings-table") if row.startswith("shops/one.py"))
    for line in (
        "- client = bigquery.Client(project='shop')",
        "+ client = get_bigquery_client(project_id='shop')",
        "+ from shared_clients import get_bigquery_client",
    ):
        assert line in " ".join(row.replace("replaced:", "").replace("written:", "").split())
    assert "client-pool fix rewrites 4 safely" in said(browser, ".cards")
    by_hand = next(row for row in shown(browser, "findings-table") if row.startswith("jobs/copy.py"))
    assert "by hand" in by_hand
    assert "**settings hides its arguments" in by_hand
    assert "bucket = storage.Client(**settings)" in by_hand


def test_tables_are_sorted_with_the_keyboard(browser: webdriver.Chrome) -> None:
    heading = browser.find_element(By.XPATH, "//table[@id='clients-table']//th[normalize-space()='direct']")
    heading.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert heading.get_attribute("aria-sort") == "descending"
    direct = [int(cell.text) for cell in browser.find_elements(By.CSS_SELECTOR, "#clients-table td:nth-child(3)")]
    assert direct == sorted(direct, reverse=True)
    heading.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert heading.get_attribute("aria-sort") == "ascending"
    names = browser.find_element(By.CSS_SELECTOR, "#clients-table tbody tr").text
    assert "pool modules" in names


def test_the_chart_has_words_a_table_and_a_slider_that_tells_a_day(browser: webdriver.Chrome) -> None:
    assert said(browser, "#state").startswith("2026-03-30: 5 direct, 1 from the pool")
    slider = browser.find_element(By.ID, "day")
    slider.send_keys(Keys.HOME)
    assert said(browser, "#state").startswith("2026-01-05: 5 direct, 1 from the pool")
    assert "2026-01-05: 5 direct" in (slider.get_attribute("aria-valuetext") or "")
    chart = browser.find_element(By.ID, "chart").get_attribute("aria-label") or ""
    assert "from 2026-01-05 to 2026-03-30: 5 at first, 6 at most on 2026-02-02, 5 at the end" in chart
    browser.find_element(By.CSS_SELECTOR, "#burndown summary").send_keys(Keys.ENTER)
    assert [row.split()[0] for row in shown(browser, "days-table")] == list(DAYS)
    assert "mean pace of the last 8 weeks" in said(browser, "#burndown .note")


def test_it_fits_a_phone_and_the_dark(browser: webdriver.Chrome) -> None:
    size = {"width": 360, "height": 760, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    assert browser.execute_script("return document.documentElement.scrollWidth") == 360
    assert browser.find_element(By.CSS_SELECTOR, ".drawing.narrow").is_displayed()
    assert not browser.find_element(By.CSS_SELECTOR, ".drawing.wide").is_displayed()
    background = "return getComputedStyle(document.body).backgroundColor"
    light = browser.execute_script(background)
    browser.execute_script("document.getElementById('theme').click()")
    assert browser.execute_script(background) != light


def test_every_finding_is_there_without_the_script(page: Path, browser: webdriver.Chrome) -> None:
    plain = page.with_name("plain.html")
    plain.write_text(page.read_text().replace("sha256-", "sha256-no"))
    browser.get(plain.as_uri())
    assert len(browser.find_elements(By.CSS_SELECTOR, "#findings-table tbody tr")) == 6
    assert browser.find_elements(By.CSS_SELECTOR, "th button") == []
