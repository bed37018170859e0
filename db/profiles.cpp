#include "db/profiles.hpp"

namespace db {
namespace {

constexpr auto select_one =
    "SELECT gender, phone_sealed, email, postcode, address, bank_card_sealed, "
    "(SELECT COUNT(*) FROM wechat_bindings b WHERE b.person_id = p.id) AS wechat_accounts "
    "FROM people p WHERE p.id = ? AND p.status = 'active'";

constexpr auto set_phone = "UPDATE people SET phone_sealed = ? WHERE id = ?";
constexpr auto set_email = "UPDATE people SET email = ? WHERE id = ?";
constexpr auto set_postcode = "UPDATE people SET postcode = ? WHERE id = ?";
constexpr auto set_address = "UPDATE people SET address = ? WHERE id = ?";
constexpr auto set_bank_card = "UPDATE people SET bank_card_sealed = ? WHERE id = ?";
constexpr auto note_change = "UPDATE people SET version = version + 1, changed_ms = ? WHERE id = ?";

}  // namespace

std::optional<profile_row> find_profile(connection& db, std::int64_t person_id) {
    auto found = db.select(select_one, person_id);
    if (!found.next()) return std::nullopt;
    profile_row out;
    out.gender = found.text("gender");
    out.phone_sealed = found.maybe_bytes("phone_sealed");
    out.email = found.maybe_text("email");
    out.postcode = found.maybe_text("postcode");
    out.address = found.maybe_text("address");
    out.bank_card_sealed = found.maybe_bytes("bank_card_sealed");
    out.wechat_accounts = found.i64("wechat_accounts");
    return out;
}

void change_profile(
    connection& db, std::int64_t person_id, const profile_change& change, base::epoch_ms now
) {
    const auto set_text = [&](const char* statement, const std::optional<std::string>& wanted) {
        if (!wanted) return;
        const auto kept = wanted->empty() ? std::optional<std::string_view>{}
                                          : std::optional{std::string_view{*wanted}};
        db.change(statement, kept, person_id);
    };
    const auto set_bytes = [&](const char* statement, const std::optional<std::string>& wanted) {
        if (!wanted) return;
        if (wanted->empty()) {
            db.change(statement, nullptr, person_id);
        } else {
            db.change(statement, blob{*wanted}, person_id);
        }
    };
    set_bytes(set_phone, change.phone_sealed);
    set_text(set_email, change.email);
    set_text(set_postcode, change.postcode);
    set_text(set_address, change.address);
    set_bytes(set_bank_card, change.bank_card_sealed);
    db.change(note_change, now, person_id);
}

}  // namespace db
