#include "server/base/vault.hpp"

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace base {
namespace {

constexpr std::size_t master_size = 32;

constexpr std::string_view id_number_column = "people.id_number";
constexpr std::string_view phone_column = "people.phone";
constexpr std::string_view bank_card_column = "people.bank_card";
constexpr std::string_view answers_column = "sign_ups.answers";
constexpr std::string_view code_secret_column = "operators.totp";
constexpr std::string_view waiting_secret_column = "operator_sessions.totp";
constexpr std::string_view token_column = "token";

secret checked(const secret& master) {
    if (master.reveal().size() != master_size) {
        throw error{errc::conf_invalid, "security.master_key must be 32 bytes"};
    }
    return master;
}

secret key_for(const secret& master, std::string_view purpose) {
    return secret{derive_key(master.reveal(), purpose)};
}

// Without the column a phone could stand in for the ID number of the same row.
std::string place_of(std::string_view column, std::string_view row) {
    std::string out{column};
    out += '/';
    out += row;
    return out;
}

std::string place_of(std::string_view column, std::int64_t row) {
    return place_of(column, std::to_string(row));
}

}  // namespace

vault::vault(const secret& master)
    : master_{checked(master)},
      people_{key_for(master, "people")},
      tokens_{key_for(master, "tokens")},
      operators_{key_for(master, "operators")},
      id_number_hash_{key_for(master, "id-number-hash")} {}

std::string vault::id_number_hash(std::string_view normal_id) const {
    return hmac_sha256(id_number_hash_.reveal(), normal_id);
}

std::string vault::seal_id_number(std::int64_t person_id, std::string_view plain) const {
    return seal(people_.reveal(), plain, place_of(id_number_column, person_id));
}

std::string vault::seal_phone(std::int64_t person_id, std::string_view plain) const {
    return seal(people_.reveal(), plain, place_of(phone_column, person_id));
}

std::string vault::seal_bank_card(std::int64_t person_id, std::string_view plain) const {
    return seal(people_.reveal(), plain, place_of(bank_card_column, person_id));
}

std::optional<std::string> vault::open_id_number(std::int64_t person_id, std::string_view sealed)
    const {
    return open_sealed(people_.reveal(), sealed, place_of(id_number_column, person_id));
}

std::optional<std::string> vault::open_phone(std::int64_t person_id, std::string_view sealed)
    const {
    return open_sealed(people_.reveal(), sealed, place_of(phone_column, person_id));
}

std::optional<std::string> vault::open_bank_card(std::int64_t person_id, std::string_view sealed)
    const {
    return open_sealed(people_.reveal(), sealed, place_of(bank_card_column, person_id));
}

std::string vault::seal_answers(std::int64_t sign_up_id, std::string_view plain) const {
    return seal(people_.reveal(), plain, place_of(answers_column, sign_up_id));
}

std::optional<std::string> vault::open_answers(std::int64_t sign_up_id, std::string_view sealed)
    const {
    return open_sealed(people_.reveal(), sealed, place_of(answers_column, sign_up_id));
}

std::string vault::seal_code_secret(std::int64_t operator_id, std::string_view plain) const {
    return seal(operators_.reveal(), plain, place_of(code_secret_column, operator_id));
}

std::string vault::seal_waiting_secret(std::int64_t session_id, std::string_view plain) const {
    return seal(operators_.reveal(), plain, place_of(waiting_secret_column, session_id));
}

std::optional<std::string> vault::open_code_secret(
    std::int64_t operator_id, std::string_view sealed
) const {
    return open_sealed(operators_.reveal(), sealed, place_of(code_secret_column, operator_id));
}

std::optional<std::string> vault::open_waiting_secret(
    std::int64_t session_id, std::string_view sealed
) const {
    return open_sealed(operators_.reveal(), sealed, place_of(waiting_secret_column, session_id));
}

std::string vault::seal_token(std::string_view row, std::string_view plain) const {
    return seal(tokens_.reveal(), plain, place_of(token_column, row));
}

std::optional<std::string> vault::open_token(std::string_view row, std::string_view sealed) const {
    return open_sealed(tokens_.reveal(), sealed, place_of(token_column, row));
}

std::string vault::keyed_hash(std::string_view purpose, std::string_view what) const {
    // Prefixed, so that no purpose spoken here can name one of the fixed keys above.
    const secret key{derive_key(master_.reveal(), "keyed-hash/" + std::string{purpose})};
    return hmac_sha256(key.reveal(), what);
}

}  // namespace base
