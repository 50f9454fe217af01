namespace TorchSharp;

public static partial class torch
{
    /// <summary>The device on which a tensor lives.</summary>
    public class Device
    {
        public DeviceType type { get; private set; } = DeviceType.CPU;

        public int index { get; private set; } = -1;

        public Device(string description)
        {
            var parts = description.Split(':');
            type = Enum.Parse<DeviceType>(parts[0], ignoreCase: true);
            if (parts.Length == 2) index = int.Parse(parts[1]);
        }

        public Device(string deviceType, int index = -1)
        {
            type = Enum.Parse<DeviceType>(deviceType, ignoreCase: true);
            this.index = index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index)
        {
            type = DeviceType.CUDA;
            this.index = index;
        }

        public override string ToString() => (type, index) switch
        {
            (DeviceType.CPU, _) => "cpu",
            (_, -1) => type.ToString().ToLowerInvariant(),
            _ => $"{type.ToString().ToLowerInvariant()}:{index}",
        };

        public static implicit operator Device(string description) => new(description);
    }

    public static readonly Device CPU = new(DeviceType.CPU, -1);

    public static Device CUDA => InitializeDevice(new Device(DeviceType.CUDA, -1));

    public static Device device(string description) => InitializeDevice(new Device(description));

    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(int index) => InitializeDevice(new Device(DeviceType.CUDA, index));

    public static Device get_default_device() => CPU;

    public static void set_default_device(Device device) => InitializeDevice(device);

    public static void set_default_device(string device) => InitializeDevice(new Device(device));

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType == DeviceType.CPU;

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType != DeviceType.CPU)
        {
            throw new InvalidOperationException(
                $"Torch device type {deviceType} did not initialise on the current machine: this build computes on the CPU. " +
                "Build with BuildFor=azure to use the TorchSharp packages with CUDA.");
        }
    }

    public static Device InitializeDevice(Device? device)
    {
        if (device is null) return CPU;
        InitializeDeviceType(device.type);
        return device;
    }

    public static partial class cuda
    {
        public static bool is_available() => false;

        public static bool is_cudnn_available() => false;

        public static int device_count() => 0;

        public static void manual_seed(long seed) => torch.random.manual_seed(seed);

        public static void manual_seed_all(long seed) => torch.random.manual_seed(seed);

        public static void synchronize(Device? device = null) => InitializeDevice(device ?? CUDA);
    }

    public static bool cuda_is_available() => false;

    public static bool mps_is_available() => false;
}
