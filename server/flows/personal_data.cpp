#include "server/flows/personal_data.hpp"

#include <algorithm>

#include "db/accounts.hpp"
#include "db/audit.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/own_password.hpp"
#include "server/flows/user_names.hpp"
#include "server/rules/contact.hpp"

namespace flows {
namespace {

[[noreturn]] void refuse(std::string sentence) {
    throw base::error{base::errc::profile_unfit, "", std::move(sentence)};
}

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
    });
}

db::profile_change change_of(const parts& with, std::int64_t person_id, contact_entry entry) {
    db::profile_change out;
    if (entry.phone) {
        const auto phone = rules::normal_digits(*entry.phone);
        if (!phone.empty() && !rules::is_mobile(phone)) refuse("手机号应为 11 位数字，请核对");
        out.phone_sealed = phone.empty() ? std::string{} : with.vault.seal_phone(person_id, phone);
    }
    if (entry.email) {
        out.email = trimmed(*entry.email);
        if (!out.email->empty() && !rules::is_email(*out.email)) {
            refuse("邮箱格式不正确，应如 name@example.com");
        }
    }
    if (entry.postcode) {
        out.postcode = rules::normal_digits(*entry.postcode);
        if (!out.postcode->empty() && !rules::is_postcode(*out.postcode)) {
            refuse("邮编应为 6 位数字");
        }
    }
    if (entry.address) {
        out.address = trimmed(*entry.address);
        if (has_control_character(*out.address)) refuse("地址请写在一行内");
    }
    return out;
}

base::task<void> keep(
    parts& with, std::int64_t person_id, db::profile_change change, const char* action
) {
    const auto actor = "student:" + std::to_string(person_id);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::change_profile(db, person_id, change, now);
        db::append_audit(db, {actor, action, "profile", "ok", ""}, now);
    };
    co_await with.pool.transact(unit);
}

}  // namespace

base::task<personal_data> personal_data_of(parts& with, visitor who) {
    auto here = co_await standing_of(with, std::move(who));
    if (!here.student) throw base::error{base::errc::not_signed_in};
    personal_data out;
    out.student = std::move(*here.student);
    out.may_change = here.who.level == db::sign_in_level::own;
    const auto id = out.student.who.id;
    const auto find = [id](db::connection& db) { return db::find_profile(db, id); };
    auto row = co_await with.pool.read(find);
    if (!row) throw base::error{base::errc::not_signed_in};
    out.row = std::move(*row);
    if (out.row.phone_sealed) {
        out.phone = with.vault.open_phone(id, *out.row.phone_sealed).value_or("");
    }
    if (out.row.bank_card_sealed) {
        out.bank_card = with.vault.open_bank_card(id, *out.row.bank_card_sealed).value_or("");
    }
    co_return out;
}

base::task<void> change_contact(
    parts& with, visitor who, std::string present, contact_entry entry, std::string address
) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    auto change = change_of(with, *who.person_id, std::move(entry));
    co_await require_password(with, who, std::move(present), address);
    co_await keep(with, *who.person_id, std::move(change), "change_contact");
}

base::task<void> change_bank_card(
    parts& with, visitor who, std::string present, std::string card, std::string address
) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    const auto number = rules::normal_digits(card);
    if (!number.empty() && !rules::is_bank_card(number)) refuse("银行卡号不正确，请逐位核对");
    co_await require_password(with, who, std::move(present), address);
    db::profile_change change;
    change.bank_card_sealed =
        number.empty() ? std::string{} : with.vault.seal_bank_card(*who.person_id, number);
    co_await keep(with, *who.person_id, std::move(change), "change_bank_card");
}

base::task<void> unbind_all_wechat(
    parts& with, visitor who, std::string present, std::string address
) {
    co_await require_password(with, who, std::move(present), address);
    const auto person_id = *who.person_id;
    const auto actor = "student:" + std::to_string(person_id);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        db::unbind_all(db, person_id);
        db::append_audit(db, {actor, "unbind_wechat", "all", "ok", ""}, now);
    };
    co_await with.pool.transact(unit);
}

}  // namespace flows
