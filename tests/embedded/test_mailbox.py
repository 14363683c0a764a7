import asyncio
import email
import email.policy
import smtplib
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

from kiruna_innovation.embedded.console import Log
from kiruna_innovation.embedded.mailbox import Mailbox
from kiruna_innovation.embedded.ports import LOOPBACK


def letter(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "innovation@kiruna.example"
    message["To"] = to
    message["Subject"] = "Ny kommentar: snöröjning på gångvägar"
    message.set_content("Hej Åsa\n.\nEn rad med bara en punkt står kvar.\n")
    return message


def send(port: int, messages: list[EmailMessage]) -> None:
    with smtplib.SMTP(LOOPBACK, port, timeout=10) as smtp:
        for message in messages:
            smtp.send_message(message)


async def kept(folder: Path, log: Log, messages: list[EmailMessage]) -> None:
    server, port = await Mailbox(folder, log).listen()
    async with server:
        await asyncio.to_thread(send, port, messages)


def test_every_mail_is_kept_whole_in_the_order_it_came(tmp_path: Path) -> None:
    terminal = StringIO()
    log = Log("mail", tmp_path / "log", terminal)
    asyncio.run(kept(tmp_path / "mail", log, [letter("asa@kiruna.example"), letter("per@tvk.example")]))
    log.close()
    paths = sorted((tmp_path / "mail").iterdir())
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]
    assert [path.suffix for path in paths] == [".eml", ".eml"]
    assert [mail["To"] for mail in mails] == ["asa@kiruna.example", "per@tvk.example"]
    assert mails[0]["Subject"] == "Ny kommentar: snöröjning på gångvägar"
    assert mails[0].get_content().splitlines() == ["Hej Åsa", ".", "En rad med bara en punkt står kvar."]
    assert terminal.getvalue().splitlines() == [
        f"mail   | kept {paths[0].name} for asa@kiruna.example",
        f"mail   | kept {paths[1].name} for per@tvk.example",
    ]
