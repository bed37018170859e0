#include "server/base/vault.hpp"

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace base {
namespace {

constexpr std::size_t master_size = 32;

constexpr std::string_view id_number_column = "people.id_number";
constexpr std::string_view phone_column = "people.phone";
constexpr std::string_view bank_card_column = "people.bank_card";
constexpr std::string_view token_column = "token";

secret key_for(const secret& master, std::string_view purpose) {
    if (master.reveal().size() != master_size) {
        throw error{errc::conf_invalid, "security.master_key must be 32 bytes"};
    }
    return secret{derive_key(master.reveal(), purpose)};
}

std::string binding(std::string_view column, std::string_view row) {
    std::string out{column};
    out += '/';
    out += row;
    return out;
}

}  // namespace

vault::vault(const secret& master)
    : people_{key_for(master, "people")},
      tokens_{key_for(master, "tokens")},
      id_number_hash_{key_for(master, "id-number-hash")},
      csrf_{key_for(master, "csrf")},
      throttle_{key_for(master, "throttle")} {}

std::string vault::id_number_hash(std::string_view normal_id) const {
    return hmac_sha256(id_number_hash_.reveal(), normal_id);
}

std::string vault::seal_id_number(std::int64_t person_id, std::string_view plain) const {
    return seal(people_, id_number_column, std::to_string(person_id), plain);
}

std::string vault::open_id_number(std::int64_t person_id, std::string_view sealed) const {
    return open(people_, id_number_column, std::to_string(person_id), sealed);
}

std::string vault::seal_phone(std::int64_t person_id, std::string_view plain) const {
    return seal(people_, phone_column, std::to_string(person_id), plain);
}

std::string vault::open_phone(std::int64_t person_id, std::string_view sealed) const {
    return open(people_, phone_column, std::to_string(person_id), sealed);
}

std::string vault::seal_bank_card(std::int64_t person_id, std::string_view plain) const {
    return seal(people_, bank_card_column, std::to_string(person_id), plain);
}

std::string vault::open_bank_card(std::int64_t person_id, std::string_view sealed) const {
    return open(people_, bank_card_column, std::to_string(person_id), sealed);
}

std::string vault::seal_token(std::string_view row, std::string_view plain) const {
    return seal(tokens_, token_column, row, plain);
}

std::string vault::open_token(std::string_view row, std::string_view sealed) const {
    return open(tokens_, token_column, row, sealed);
}

std::string vault::csrf_token(std::string_view session_token) const {
    return to_base64url(hmac_sha256(csrf_.reveal(), session_token));
}

std::string vault::throttle_key(std::string_view what) const {
    return hmac_sha256(throttle_.reveal(), what);
}

std::string vault::seal(
    const secret& key, std::string_view column, std::string_view row, std::string_view plain
) const {
    return base::seal(key.reveal(), plain, binding(column, row));
}

std::string vault::open(
    const secret& key, std::string_view column, std::string_view row, std::string_view sealed
) const {
    auto plain = open_sealed(key.reveal(), sealed, binding(column, row));
    if (plain) return *std::move(plain);
    // The row of a token is a name or a hash; the binary one would spoil the log.
    const bool numeric = row.find_first_not_of("0123456789") == std::string_view::npos;
    throw error{
        errc::internal,
        "a sealed value of " + std::string{column} + " does not open" +
            (numeric ? ", row " + std::string{row} : "")};
}

}  // namespace base
