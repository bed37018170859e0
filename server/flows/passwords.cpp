#include "server/flows/passwords.hpp"

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sodium.h>

#include "server/base/error.hpp"

namespace flows {
namespace {

namespace asio = boost::asio;
constexpr asio::use_awaitable_t<base::io_executor> use_task;

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

// Runs `work` on the pool and resumes the coroutine on its own executor.
template <class Answer, class Work>
base::task<Answer> elsewhere(asio::thread_pool& pool, Work& work) {
    const auto home = co_await asio::this_coro::executor;
    auto start = [&pool, &work, home](auto handler) {
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        auto guard = asio::make_work_guard(home);
        asio::post(pool, [kept, guard, home, &work]() mutable {
            std::exception_ptr failure;
            Answer answer{};
            try {
                answer = work();
            } catch (...) {
                failure = std::current_exception();
            }
            asio::post(home, [kept, failure, answer = std::move(answer)]() mutable {
                (*kept)(failure, std::move(answer));
            });
        });
    };
    auto answer = co_await asio::async_initiate<
        const asio::use_awaitable_t<base::io_executor>,
        void(std::exception_ptr, Answer)>(start, use_task);
    co_return answer;
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
