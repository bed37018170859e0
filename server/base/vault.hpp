#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/base/secret.hpp"

// The one place that knows which key guards what. Every key is derived from the master key and used
// for one purpose; a sealed value is bound to its row and column, so that it opens nowhere else.
//
// A value that does not open (another master key, a damaged or moved row) throws
// base::error{internal} naming the column and the row, never the content.
namespace base {

class vault {
public:
    explicit vault(const secret& master);  // 32 bytes, else base::error{conf_invalid}

    // people: looked up by hash, shown after opening. normal_id: rules::normal_id_number.
    std::string id_number_hash(std::string_view normal_id) const;  // 32 bytes
    std::string seal_id_number(std::int64_t person_id, std::string_view plain) const;
    std::string open_id_number(std::int64_t person_id, std::string_view sealed) const;
    std::string seal_phone(std::int64_t person_id, std::string_view plain) const;
    std::string open_phone(std::int64_t person_id, std::string_view sealed) const;
    std::string seal_bank_card(std::int64_t person_id, std::string_view plain) const;
    std::string open_bank_card(std::int64_t person_id, std::string_view sealed) const;

    // wechat_tokens (row: its name) and oauth_states (row: the hash of the state).
    std::string seal_token(std::string_view row, std::string_view plain) const;
    std::string open_token(std::string_view row, std::string_view sealed) const;

    // Of a session: cannot be computed without the key, so it need not be stored. base64url.
    std::string csrf_token(std::string_view session_token) const;
    // Names a sign-in account or an address in `throttles` without keeping it readable. 32 bytes.
    std::string throttle_key(std::string_view what) const;

private:
    std::string seal(
        const secret& key, std::string_view column, std::string_view row, std::string_view plain
    ) const;
    std::string open(
        const secret& key, std::string_view column, std::string_view row, std::string_view sealed
    ) const;

    secret people_;
    secret tokens_;
    secret id_number_hash_;
    secret csrf_;
    secret throttle_;
};

}  // namespace base
