#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/secret.hpp"

// The one place that knows which key guards what. Every key is derived from the master key and used
// for one purpose; a sealed value is bound to its row and column, so that it opens nowhere else.
//
// open_… answers nullopt for a value that does not open: another master key, a damaged or moved
// row. What that means is the caller's matter (a token is fetched anew, a person is an alarm).
namespace base {

class vault {
public:
    explicit vault(const secret& master);  // 32 bytes, else base::error{conf_invalid}

    // people: looked up by hash, shown after opening. normal_id: rules::normal_id_number.
    std::string id_number_hash(std::string_view normal_id) const;  // 32 bytes
    std::string seal_id_number(std::int64_t person_id, std::string_view plain) const;
    std::string seal_phone(std::int64_t person_id, std::string_view plain) const;
    std::string seal_bank_card(std::int64_t person_id, std::string_view plain) const;
    std::optional<std::string> open_id_number(std::int64_t person_id, std::string_view sealed)
        const;
    std::optional<std::string> open_phone(std::int64_t person_id, std::string_view sealed) const;
    std::optional<std::string> open_bank_card(std::int64_t person_id, std::string_view sealed)
        const;

    // sign_ups: what a student has filled in.
    std::string seal_answers(std::int64_t sign_up_id, std::string_view plain) const;
    std::optional<std::string> open_answers(std::int64_t sign_up_id, std::string_view sealed) const;

    // operators and operator_sessions: the secret of an authenticator, in use and waiting to be
    // confirmed.
    std::string seal_code_secret(std::int64_t operator_id, std::string_view plain) const;
    std::string seal_waiting_secret(std::int64_t session_id, std::string_view plain) const;
    std::optional<std::string> open_code_secret(std::int64_t operator_id, std::string_view sealed)
        const;
    std::optional<std::string> open_waiting_secret(std::int64_t session_id, std::string_view sealed)
        const;

    // wechat_tokens and oauth_states; row names the one and only place of the value.
    std::string seal_token(std::string_view row, std::string_view plain) const;
    std::optional<std::string> open_token(std::string_view row, std::string_view sealed) const;

    // For what must be recognised or vouched for but not kept readable: CSRF tokens, throttles.
    // Each purpose has a key of its own. 32 bytes.
    std::string keyed_hash(std::string_view purpose, std::string_view what) const;

private:
    secret master_;
    secret people_;
    secret tokens_;
    secret operators_;
    secret id_number_hash_;
};

}  // namespace base
