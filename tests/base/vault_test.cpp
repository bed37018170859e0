#include "server/base/vault.hpp"

#include <string>

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace {

const base::secret master{std::string(32, 'k')};
const base::secret other_master{std::string(32, 'o')};

}  // namespace

TEST_CASE("the master key has 32 bytes") {
    CHECK_THROWS_AS(base::vault{base::secret{"short"}}, base::error);
    CHECK_THROWS_AS(base::vault{base::secret{}}, base::error);
}

TEST_CASE("a sealed value opens in its own row and column only") {
    const base::vault vault{master};
    const auto sealed = vault.seal_phone(7, "13800005678");
    CHECK(sealed.find("13800005678") == std::string::npos);
    CHECK(vault.open_phone(7, sealed) == "13800005678");
    CHECK(base::vault{master}.open_phone(7, sealed) == "13800005678");
    CHECK_FALSE(vault.open_phone(8, sealed));
    CHECK_FALSE(vault.open_id_number(7, sealed));
    CHECK_FALSE(vault.open_bank_card(7, sealed));
    CHECK_FALSE(base::vault{other_master}.open_phone(7, sealed));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto damaged = sealed;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        CHECK_FALSE(vault.open_phone(7, damaged));
    }
    CHECK_FALSE(vault.open_phone(7, ""));
}

TEST_CASE("the same value is never sealed to the same bytes") {
    const base::vault vault{master};
    CHECK(
        vault.seal_id_number(1, "22010220050101001X") !=
        vault.seal_id_number(1, "22010220050101001X")
    );
}

TEST_CASE("every column seals and opens, and fits into its database column") {
    const base::vault vault{master};
    const std::string id_number(18, '1');
    const std::string card(32, '2');
    const auto sealed = vault.seal_id_number(1, id_number);
    CHECK(sealed.size() <= 128);
    CHECK(vault.open_id_number(1, sealed) == id_number);
    CHECK(vault.open_bank_card(1, vault.seal_bank_card(1, card)) == card);
    CHECK(vault.open_answers(1, vault.seal_answers(1, "甲\t1\n")) == "甲\t1\n");
    CHECK_FALSE(vault.open_answers(2, vault.seal_answers(1, "x")));
    CHECK(vault.open_code_secret(1, vault.seal_code_secret(1, "abc")) == "abc");
    CHECK_FALSE(vault.open_code_secret(2, vault.seal_code_secret(1, "abc")));
    CHECK(vault.open_waiting_secret(1, vault.seal_waiting_secret(1, "abc")) == "abc");
    // One that waits is not in use yet.
    CHECK_FALSE(vault.open_code_secret(1, vault.seal_waiting_secret(1, "abc")));
    CHECK(vault.open_token("access", vault.seal_token("access", "abc")) == "abc");
    CHECK_FALSE(vault.open_token("ticket", vault.seal_token("access", "abc")));
}

TEST_CASE("hashes depend on key, purpose and text") {
    const base::vault vault{master};
    const auto hash = vault.id_number_hash("22010220050101001X");
    CHECK(hash.size() == 32);
    CHECK(hash == base::vault{master}.id_number_hash("22010220050101001X"));
    CHECK(hash != base::vault{other_master}.id_number_hash("22010220050101001X"));
    CHECK(hash != vault.id_number_hash("220102200501010011"));
    // Kept in people.id_number_hash: another way of deriving it would lock everybody out.
    CHECK(
        hash ==
        base::hmac_sha256(base::derive_key(master.reveal(), "id-number-hash"), "22010220050101001X")
    );
    CHECK(vault.keyed_hash("csrf", "a") != vault.keyed_hash("throttle", "a"));
    CHECK(vault.keyed_hash("csrf", "a") != vault.keyed_hash("csrf", "b"));
    CHECK(vault.keyed_hash("csrf", "a").size() == 32);
}
