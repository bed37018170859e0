#include "server/base/template_fields.hpp"

#include <string>

#include <doctest/doctest.h>

using base::flaw_of_template_field;
using base::template_kind;

TEST_CASE("keys take the words whose values fit their type") {
    struct row {
        const char* key;
        const char* word;
        bool paid;
        bool refunded;
    };
    for (const auto& [key, word, paid, refunded] : {
             row{"thing1", "items", true, true},
             row{"thing12", "school", true, true},
             row{"amount2", "amount", true, true},
             row{"thing2", "amount", true, true},
             row{"time3", "time", true, true},
             row{"date3", "time", true, true},
             row{"character_string4", "order_no", true, true},
             row{"name5", "student", true, true},
             row{"phrase6", "=已支付", true, true},
             row{"thing1", "reason", false, true},
             row{"character_string4", "refund_no", false, true},
             // An order number has letters, and more of them than a thing has room for.
             row{"number4", "order_no", false, false},
             row{"thing4", "order_no", false, false},
             // No Chinese in a character string, and nothing but amounts in an amount.
             row{"character_string1", "items", false, false},
             row{"character_string2", "amount", false, false},
             row{"amount1", "items", false, false},
             row{"time1", "amount", false, false},
             row{"thing1", "openid", false, false},
             row{"thing1", "", false, false},
             row{"thing1", "=", false, false},
             row{"thing", "items", false, false},
             row{"1", "items", false, false},
             row{"", "items", false, false},
             row{"first", "items", false, false},
             row{"keyword1", "items", false, false},
             row{"Thing1", "items", false, false},
             row{"thing1x", "items", false, false},
             row{"x1", "=已支付", false, false},
         }) {
        CAPTURE(std::string{key});
        CAPTURE(std::string{word});
        CHECK(flaw_of_template_field(template_kind::paid, key, word).empty() == paid);
        CHECK(flaw_of_template_field(template_kind::refunded, key, word).empty() == refunded);
    }
}
