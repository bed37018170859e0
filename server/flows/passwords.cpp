#include "server/flows/passwords.hpp"

#include <utility>

#include <sodium.h>

#include "server/base/error.hpp"
#include "server/flows/aside.hpp"

namespace flows {
namespace {

// OWASP's minimum for argon2id; a rush of sign-ins must pass (reference stack, section 4).
constexpr unsigned long long operations = 2;
constexpr std::size_t memory_bytes = 19ULL * 1024 * 1024;

std::string hash_now(const std::string& password) {
    std::string out(crypto_pwhash_STRBYTES, '\0');
    const int failed = crypto_pwhash_str_alg(
        out.data(),
        password.data(),
        password.size(),
        operations,
        memory_bytes,
        crypto_pwhash_ALG_ARGON2ID13
    );
    base::ensure(failed == 0, "argon2id has memory");
    out.resize(out.find('\0'));
    return out;
}

const std::string& nobodys_hash() {
    static const std::string made = hash_now("nobody");
    return made;
}

class place_in_line {
public:
    place_in_line(std::atomic<int>& waiting, int most) : waiting_{waiting} {
        if (waiting_.fetch_add(1) >= most) {
            waiting_.fetch_sub(1);
            throw base::error{base::errc::busy, "password hashing"};
        }
    }
    ~place_in_line() { waiting_.fetch_sub(1); }
    place_in_line(const place_in_line&) = delete;
    place_in_line& operator=(const place_in_line&) = delete;

private:
    std::atomic<int>& waiting_;
};

}  // namespace

passwords::passwords(unsigned threads, int waiting_max)
    : threads_{threads}, waiting_max_{waiting_max} {
    base::ensure(sodium_init() >= 0, "libsodium starts");
    nobodys_hash();
}

passwords::~passwords() {
    threads_.join();
}

base::task<bool> passwords::matches(std::string hash, std::string password) {
    const place_in_line place{waiting_, waiting_max_};
    const bool somebody = !hash.empty();
    const std::string& against = somebody ? hash : nobodys_hash();
    auto work = [&against, &password] {
        return crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
    };
    const bool same = co_await elsewhere<bool>(threads_, work);
    co_return same&& somebody;
}

base::task<std::string> passwords::hash(std::string password) {
    const place_in_line place{waiting_, waiting_max_};
    auto work = [&password] { return hash_now(password); };
    auto made = co_await elsewhere<std::string>(threads_, work);
    co_return made;
}

}  // namespace flows
