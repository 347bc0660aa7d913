// The lock that owns its value: the one place that knows what it is made of.
#if THREAD_SANITIZER
    internal import Glibc

    /// A value that is only touched with its lock held; a pthread mutex, as `make sanitize-thread` builds it.
    ///
    /// The thread sanitizer does not see what `Synchronization.Mutex` does on Linux (a futex by itself), and takes
    /// everything that it guards for a race.
    @safe
    package struct Lock<Value>: ~Copyable, @unchecked Sendable {
        // Unchecked: `value` is only touched with `mutex` held. Neither may move while threads use them.
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

        /// Owns the value from now on.
        package init(_ initialValue: consuming sending Value) {
            let code = unsafe pthread_mutex_init(mutex, nil)
            precondition(code == 0, "pthread_mutex_init failed: \(code)")
            unsafe value.initialize(to: initialValue)
        }

        deinit {
            unsafe value.deinitialize(count: 1)
            unsafe value.deallocate()
            unsafe pthread_mutex_destroy(mutex)
            unsafe mutex.deallocate()
        }

        /// Runs `body` with the lock held; blocks until it is free. Not recursive.
        package borrowing func withLock<Result, Failure>(
            _ body: (inout Value) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            unsafe pthread_mutex_lock(mutex)
            defer { unsafe pthread_mutex_unlock(mutex) }
            return try unsafe body(&value.pointee)
        }
    }
#else
    package import Synchronization

    /// A value that is only touched with its lock held: `Synchronization.Mutex`.
    ///
    /// For the thread sanitizer, which does not understand that one on Linux, it is built on a pthread mutex.
    package struct Lock<Value>: ~Copyable, Sendable {
        @usableFromInline let mutex: Mutex<Value>

        /// Owns the value from now on.
        @inlinable package init(_ initialValue: consuming sending Value) { mutex = Mutex(initialValue) }

        /// Runs `body` with the lock held; blocks until it is free. Not recursive.
        @inlinable package borrowing func withLock<Result, Failure>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            try mutex.withLock(body)
        }
    }
#endif
